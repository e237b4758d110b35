//! Relaxing, watching, stopping, playing and saving, without a window.

use crate::{apply, errors, settle, workbench_in};
use crystal::format::{Format, read_file, read_trajectory};
use crystal::{Lattice, Site, Structure};
use job::Job;
use matter::Element;
use potential::relax::{Settings, relax};
use potential::{Model, Potential, Precision};
use std::path::Path;
use std::time::{Duration, Instant};
use workbench::{
    Command, Ending, FrameChoice, Panel, RelaxationSettings, RunEnd, TaskKind, TrajectorySource,
    Weights, Workbench,
};

/// Silicon with one atom pushed off its place, in a cell that is too large.
fn pushed() -> Structure {
    let lattice = Lattice::from_parameters(5.55, 5.55, 5.55, 90.0, 90.0, 90.0).unwrap();
    let corners = [
        [0.0, 0.0, 0.0],
        [0.0, 0.5, 0.5],
        [0.5, 0.0, 0.5],
        [0.5, 0.5, 0.0],
    ];
    let places = corners.into_iter().flat_map(|p| [p, p.map(|x| x + 0.25)]);
    let silicon = |p: [f64; 3]| Site::new(Element::SI, p.into());
    let mut structure = Structure::new(lattice, places.map(silicon).collect());
    structure.sites[1].position.x += 0.03;
    structure.title = "pushed silicon".to_owned();
    structure
}

fn with(structure: &Structure, folder: &Path) -> Workbench {
    let path = folder.join("start.cif");
    let text = crystal::format::write(structure, Format::Cif).unwrap();
    std::fs::write(&path, text).unwrap();
    let mut workbench = workbench_in(None);
    apply(&mut workbench, Command::Open { path: Some(path) });
    workbench
}

fn end(workbench: &Workbench) -> RunEnd {
    workbench.state().relaxation.end.clone().expect("an end")
}

#[test]
fn a_relaxation_passes_what_the_potential_passes_and_ends_where_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = with(&pushed(), folder.path());
    let before = workbench.state().project.clone();
    apply(&mut workbench, Command::RelaxSelected);
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));
    let state = &workbench.state().relaxation;
    let trajectory = state.trajectory.clone().unwrap();
    // The same start as the file has it, relaxed by the room itself.
    let start = read_file(&folder.path().join("start.cif"))
        .unwrap()
        .remove(0);
    let potential = Potential::new(Model::default(), Precision::Single).unwrap();
    let mut energies = Vec::new();
    let relaxed = relax(
        &potential,
        &start,
        &Settings::default(),
        &Job::new(),
        |step| {
            energies.push(step.prediction.energy_per_atom());
        },
    )
    .unwrap();
    let found: Vec<f64> = trajectory
        .figures
        .iter()
        .map(|f| f.energy_per_atom)
        .collect();
    assert_eq!(found, energies);
    assert!(energies.len() > 3);
    let last = trajectory.figures.last().unwrap();
    assert_eq!(last.energy_per_atom, relaxed.prediction.energy_per_atom());
    assert_eq!(last.largest_force, relaxed.prediction.largest_force());
    assert_eq!(last.volume, relaxed.structure.volume());
    let RunEnd::Ended {
        ending,
        steps,
        volume_ratio,
        energy_change,
    } = end(&workbench)
    else {
        panic!("{:?}", end(&workbench));
    };
    assert_eq!((ending, steps), (Ending::Converged, relaxed.steps));
    assert_eq!(volume_ratio, relaxed.volume_ratio);
    assert!(energy_change < -0.01, "{energy_change}");
    // The view shows the end, moments included, as the room gives it.
    let viewed = workbench.state().viewed().unwrap().unwrap();
    assert_eq!(viewed.structure.lattice, relaxed.structure.lattice);
    assert_eq!(viewed.structure.sites, relaxed.structure.sites);
    assert!(viewed.has_sizes_alone);
    // Nothing of the project is another, so that nothing can be undone.
    assert_eq!(workbench.state().project, before);
    assert_eq!(workbench.state().undo, None);
    assert_eq!(workbench.state().wanted_panel.1, Some(Panel::Relaxation));
}

#[test]
fn a_stopped_run_keeps_what_it_reached_and_another_can_follow() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = with(&pushed(), folder.path());
    let settings = Box::new(RelaxationSettings {
        force_limit: 1e-9,
        stress_limit: 1e-9,
        steps: 100_000,
        ..RelaxationSettings::default()
    });
    workbench.apply(Command::SetRelaxation { settings });
    workbench.apply(Command::RelaxSelected);
    let until = Instant::now() + Duration::from_secs(120);
    let reached = |w: &Workbench| {
        let trajectory = w.state().relaxation.trajectory.as_ref();
        trajectory.map_or(0, |t| t.figures.len())
    };
    // It is watched while it goes on.
    while reached(&workbench) < 3 {
        assert!(Instant::now() < until && workbench.is_busy());
        workbench.poll();
        std::thread::sleep(Duration::from_millis(2));
    }
    let viewed = workbench.state().viewed().unwrap().unwrap();
    assert!(viewed.figures.is_some());
    workbench.apply(Command::RelaxSelected);
    assert!(errors(&workbench)[0].contains("stop it first"));
    workbench.apply(Command::StopRelaxation);
    settle(&mut workbench);
    assert_eq!(end(&workbench), RunEnd::Stopped);
    let kept = reached(&workbench);
    assert!(kept >= 3);
    let settings = Box::new(RelaxationSettings {
        weights: Weights::R2scan,
        steps: 2,
        ..RelaxationSettings::default()
    });
    apply(&mut workbench, Command::SetRelaxation { settings });
    apply(&mut workbench, Command::RelaxSelected);
    let RunEnd::Ended { ending, steps, .. } = end(&workbench) else {
        panic!("{:?}", end(&workbench));
    };
    assert_eq!(
        (ending, steps, reached(&workbench)),
        (Ending::StepsSpent, 2, 3)
    );
    let model = workbench.state().relaxation.trajectory.as_ref().unwrap();
    assert_eq!(model.model(), Some("chgnet-r2scan"));
    let told = &workbench.state().log.last().unwrap().text;
    assert!(told.contains("give more"), "{told}");
}

#[test]
fn what_was_passed_is_written_read_and_played() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = with(&pushed(), folder.path());
    apply(&mut workbench, Command::RelaxSelected);
    let run = workbench.state().relaxation.trajectory.clone().unwrap();
    let [frames, structure, poscar, plot] =
        ["run.extxyz", "end.cif", "end.vasp", "run.svg"].map(|name| folder.path().join(name));
    let path = |path: &Path| Some(path.to_path_buf());
    apply(
        &mut workbench,
        Command::SaveTrajectory {
            path: path(&frames),
        },
    );
    apply(
        &mut workbench,
        Command::SaveRelaxed {
            path: path(&structure),
        },
    );
    apply(
        &mut workbench,
        Command::ExportRelaxationPlot { path: path(&plot) },
    );
    let frame = FrameChoice::At(1);
    apply(&mut workbench, Command::ShowFrame { frame });
    apply(
        &mut workbench,
        Command::SaveRelaxed {
            path: path(&poscar),
        },
    );
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));
    let svg = std::fs::read_to_string(&plot).unwrap();
    assert!(svg.contains("energy [eV/atom]") && svg.contains("largest force [eV/Å]"));
    // The step that is shown is marked in both plots, as in the window.
    let picture = |workbench: &mut Workbench, at: FrameChoice| {
        workbench.apply(Command::ShowFrame { frame: at });
        let path = path(&plot);
        apply(workbench, Command::ExportRelaxationPlot { path });
        std::fs::read_to_string(&plot).unwrap()
    };
    let [first, last] =
        [FrameChoice::First, FrameChoice::Last].map(|at| picture(&mut workbench, at));
    let differs = first
        .lines()
        .zip(last.lines())
        .filter(|(a, b)| a != b)
        .count();
    assert_eq!((differs, first.lines().count()), (2, last.lines().count()));
    assert_eq!(svg, last);
    let end = read_file(&structure).unwrap().remove(0);
    assert!(
        end.title.contains("relaxed with chgnet-0.3.0"),
        "{}",
        end.title
    );
    let last = run.figures.last().unwrap();
    assert!((end.volume() - last.volume).abs() < 1e-4);
    let second = read_file(&poscar).unwrap().remove(0);
    assert!(
        second.title.contains("step 1 of a relaxation"),
        "{}",
        second.title
    );
    assert!((second.volume() - run.figures[1].volume).abs() < 1e-4);
    // As others read the file, and as the workbench opens it.
    let read = read_trajectory(&frames).unwrap();
    assert_eq!(read.len(), run.figures.len());
    for (frame, figures) in read.iter().zip(&run.figures) {
        assert_eq!(frame.energy.unwrap() / 8.0, figures.energy_per_atom);
    }
    apply(
        &mut workbench,
        Command::Open {
            path: path(&frames),
        },
    );
    assert_eq!(workbench.state().rows.len(), run.figures.len());
    let offer = workbench.state().relaxation.offer.clone();
    assert_eq!(offer, Some((frames.clone(), run.figures.len())));
    assert!(workbench.state().relaxation.trajectory.is_none());
    apply(
        &mut workbench,
        Command::OpenTrajectory {
            path: path(&frames),
        },
    );
    let opened = workbench.state().relaxation.trajectory.clone().unwrap();
    assert_eq!(opened.len(), run.len());
    for (a, b) in opened.figures.iter().zip(&run.figures) {
        assert_eq!((a.step, a.energy_per_atom), (b.step, b.energy_per_atom));
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(close(a.largest_force, b.largest_force) && close(a.pressure, b.pressure));
        assert!(close(a.largest_stress, b.largest_stress) && close(a.volume, b.volume));
    }
    // The moments are still the potential's: sizes alone.
    assert!(workbench.state().viewed().unwrap().unwrap().has_sizes_alone);
    assert!(matches!(opened.source, TrajectorySource::File { .. }));
    apply(
        &mut workbench,
        Command::SaveTrajectory {
            path: path(&frames),
        },
    );
    assert!(errors(&workbench)[0].contains("a file already"));
}

#[test]
fn playing_walks_through_the_structures_and_another_candidate_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.extxyz");
    let mut text = String::new();
    for (number, energy) in [-3.0, -3.5, -3.7].into_iter().enumerate() {
        let a = 4.0 - 0.1 * number as f64;
        text += &format!(
            "1\nLattice=\"{a} 0 0 0 {a} 0 0 0 {a}\" Properties=species:S:1:pos:R:3:magmoms:R:1 energy={energy}\nFe 0 0 0 -2.2\n"
        );
    }
    std::fs::write(&file, &text).unwrap();
    let mut workbench = workbench_in(None);
    // Nothing is open: the panels show the trajectory alone.
    let path = Some(file.clone());
    apply(&mut workbench, Command::OpenTrajectory { path });
    assert!(workbench.state().is_open());
    let shown = |w: &Workbench| w.state().relaxation.playback.frame;
    assert_eq!(shown(&workbench), 0);
    let viewed = workbench.state().viewed().unwrap().unwrap();
    let (first, series) = (viewed.figures.unwrap(), viewed.series);
    assert_eq!((first.energy_per_atom, first.step), (-3.0, 0));
    assert!(first.largest_force.is_nan());
    // A file without a model states its moments as they are.
    assert!(!viewed.has_sizes_alone);
    assert_eq!(viewed.structure.sites[0].magnetic_moment, Some(-2.2));
    workbench.apply(Command::SetPlayback {
        rate: 60.0,
        repeat: false,
    });
    workbench.apply(Command::PlayTrajectory { on: true });
    let until = Instant::now() + Duration::from_secs(60);
    let mut seen = vec![shown(&workbench)];
    while workbench.state().relaxation.playback.playing {
        assert!(Instant::now() < until);
        if workbench.poll() {
            seen.push(shown(&workbench));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(seen.is_sorted() && seen.last() == Some(&2), "{seen:?}");
    let viewed = workbench.state().viewed().unwrap().unwrap();
    assert_eq!(viewed.series, series);
    assert!((viewed.structure.volume() - 3.8_f64.powi(3)).abs() < 1e-9);
    for (frame, place) in [
        (FrameChoice::First, 0),
        (FrameChoice::Next, 1),
        (FrameChoice::At(9), 2),
        (FrameChoice::Previous, 1),
    ] {
        workbench.apply(Command::ShowFrame { frame });
        assert_eq!(shown(&workbench), place);
    }
    // The same frames as candidates: choosing one shows it, not the trajectory.
    let path = Some(file.clone());
    apply(&mut workbench, Command::Open { path });
    let path = Some(file);
    apply(&mut workbench, Command::OpenTrajectory { path });
    assert!(workbench.state().relaxation.shown.is_some());
    let rows = std::sync::Arc::new(vec![1]);
    let mode = workbench::SelectMode::Replace;
    apply(&mut workbench, Command::Select { rows, mode });
    assert!(workbench.state().relaxation.shown.is_none());
    let viewed = workbench.state().viewed().unwrap().unwrap();
    assert!((viewed.structure.volume() - 3.9_f64.powi(3)).abs() < 1e-9);
    apply(&mut workbench, Command::ShowTrajectory { on: true });
    assert!(
        workbench
            .state()
            .viewed()
            .unwrap()
            .unwrap()
            .figures
            .is_some()
    );
    apply(&mut workbench, Command::CloseProject);
    assert!(!workbench.state().is_open());
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));
}

#[test]
fn moments_are_drawn_as_a_step_that_can_be_undone() {
    let mut workbench = workbench_in(None);
    let only = Some("NaCl.cif".to_owned());
    apply(&mut workbench, Command::OpenCrystals { only });
    apply(&mut workbench, Command::ShowMoments { on: true });
    let on = |w: &Workbench| w.state().project.structure_style.moments.shown;
    assert!(on(&workbench));
    apply(&mut workbench, Command::Undo);
    assert!(!on(&workbench));
}

#[test]
fn what_cannot_be_relaxed_is_refused_in_the_words_of_the_potential() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(None);
    workbench.apply(Command::RelaxSelected);
    assert!(errors(&workbench)[0].starts_with("nothing to relax"));
    workbench.apply(Command::PlayTrajectory { on: true });
    assert!(errors(&workbench)[1].contains("no trajectory yet"));
    // Polonium, which the weights were never trained on.
    let mut polonium = pushed();
    let element = Element::from_symbol("Po").unwrap();
    polonium.sites[0] = Site::new(element, polonium.sites[0].position);
    let mut workbench = with(&polonium, folder.path());
    apply(&mut workbench, Command::RelaxSelected);
    let RunEnd::Refused(why) = end(&workbench) else {
        panic!("{:?}", end(&workbench));
    };
    assert!(why.contains("never trained"), "{why}");
    assert!(workbench.state().relaxation.trajectory.is_none());
    assert!(!workbench.state().is_busy(TaskKind::Relax));
    // Pulled apart: that is said, too.
    let lattice = Lattice::from_parameters(4.5, 4.5, 4.5, 90.0, 90.0, 90.0).unwrap();
    let iron = Structure::new(lattice, vec![Site::new(Element::FE, [0.0; 3].into())]);
    let mut workbench = with(&iron, folder.path());
    let settings = Box::new(RelaxationSettings {
        pressure: -200.0,
        ..RelaxationSettings::default()
    });
    apply(&mut workbench, Command::SetRelaxation { settings });
    apply(&mut workbench, Command::RelaxSelected);
    let RunEnd::Ended { ending, .. } = end(&workbench) else {
        panic!("{:?}", end(&workbench));
    };
    assert!(matches!(ending, Ending::Exploded(_)), "{ending:?}");
    let log = workbench.state().log.last().unwrap();
    assert!(log.text.contains("exploded"), "{}", log.text);
}

/// A frame of iron atoms in a cube, with further texts of its second line and columns of its atoms.
fn frame(atoms: usize, a: f64, second: &str, columns: &str) -> String {
    let mut text = format!(
        "{atoms}\nLattice=\"{a} 0 0 0 {a} 0 0 0 {a}\" Properties=species:S:1:pos:R:3{second}\n"
    );
    for at in 0..atoms {
        let x = a * at as f64 / atoms as f64;
        text += &format!("Fe {x} 0 0{columns}\n");
    }
    text
}

fn open_frames(workbench: &mut Workbench, path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    let path = Some(path.to_path_buf());
    apply(workbench, Command::OpenTrajectory { path });
}

#[test]
fn frames_of_differing_atoms_and_unknown_numbers_are_played_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odd.extxyz");
    let forces = ":forces:R:3 energy=";
    let text = [
        frame(2, 4.0, &format!("{forces}-8.0"), " 0 3 4"),
        frame(3, 5.0, &format!("{forces}nan"), " nan 0 0"),
        frame(
            1,
            4.0,
            &format!("{forces}None stress=\"nan 0 0 0 0 0\""),
            " 0 0 0",
        ),
    ];
    let mut workbench = workbench_in(None);
    open_frames(&mut workbench, &file, &text.concat());
    assert_eq!(errors(&workbench), [""; 0]);
    let trajectory = workbench.state().relaxation.trajectory.clone().unwrap();
    let figures = &trajectory.figures;
    assert_eq!(
        (figures[0].energy_per_atom, figures[0].largest_force),
        (-4.0, 5.0)
    );
    assert!(figures[1].energy_per_atom.is_nan() && figures[1].largest_force.is_nan());
    assert!(figures[2].energy_per_atom.is_nan() && figures[2].pressure.is_nan());
    assert_eq!(figures[2].largest_force, 0.0);
    for (place, atoms) in [(1, 3), (2, 1), (0, 2)] {
        let frame = FrameChoice::At(place);
        workbench.apply(Command::ShowFrame { frame });
        let viewed = workbench.state().viewed().unwrap().unwrap();
        assert_eq!(viewed.structure.sites.len(), atoms);
    }
    // A picture of it has no place for what is not known.
    let picture = folder.path().join("odd.svg");
    let path = Some(picture.clone());
    apply(&mut workbench, Command::ExportRelaxationPlot { path });
    let svg = std::fs::read_to_string(picture).unwrap();
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    // What is no structure is refused with its line, and what is shown stays.
    for (wrong, line) in [
        (text[0].clone() + &frame(0, 4.0, "", ""), "line 5"),
        (text[0].replace("Fe 2 0 0", "Fe nan 0 0"), "line 4"),
        (text[0].replace("\"4 0 0", "\"nan 0 0"), "line 2"),
    ] {
        open_frames(&mut workbench, &file, &wrong);
        let error = workbench.state().relaxation.error.clone().unwrap();
        assert!(
            error.contains("odd.extxyz") && error.contains(line),
            "{error}"
        );
        assert_eq!(
            workbench
                .state()
                .relaxation
                .trajectory
                .as_ref()
                .unwrap()
                .len(),
            3
        );
    }
}

#[test]
fn thousands_of_frames_are_read_beside_the_window_and_reading_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.extxyz");
    let energy = |at: usize| -8.0 - 1e-4 * at as f64;
    let frames = (0..20_000).map(|at| frame(2, 4.0, &format!(" energy={}", energy(at)), ""));
    std::fs::write(&file, frames.collect::<String>()).unwrap();
    let mut workbench = workbench_in(None);
    let path = Some(file);
    workbench.apply(Command::OpenTrajectory { path: path.clone() });
    workbench.apply(Command::CancelAll);
    settle(&mut workbench);
    assert!(workbench.state().relaxation.trajectory.is_none());
    assert_eq!(errors(&workbench), [""; 0]);
    apply(&mut workbench, Command::OpenTrajectory { path });
    let trajectory = workbench.state().relaxation.trajectory.as_ref().unwrap();
    assert_eq!(
        (trajectory.len(), trajectory.figures.len()),
        (20_000, 20_000)
    );
    let last = trajectory.figures[19_999];
    assert!((2.0 * last.energy_per_atom - energy(19_999)).abs() < 1e-9);
    let frame = FrameChoice::Last;
    workbench.apply(Command::ShowFrame { frame });
    assert_eq!(workbench.state().relaxation.playback.frame, 19_999);
}

#[test]
fn a_structure_that_is_still_being_read_is_not_taken_for_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.extxyz");
    let text = frame(1, 2.5, "", "") + &frame(1, 2.6, "", "");
    std::fs::write(&path, text).unwrap();
    let mut workbench = workbench_in(None);
    apply(&mut workbench, Command::Open { path: Some(path) });
    let select = |row: u32| Command::Select {
        rows: std::sync::Arc::new(vec![row]),
        mode: workbench::SelectMode::Replace,
    };
    // What the first one is, the second one is not: nothing is taken over before the window polls.
    workbench.apply(select(1));
    workbench.apply(Command::RelaxSelected);
    assert!(errors(&workbench)[0].contains("still being read"));
    let settings = Box::new(workbench::GenerateSettings {
        selected: true,
        ..Default::default()
    });
    workbench.apply(Command::Generate { settings });
    assert!(errors(&workbench)[1].contains("still being read"));
    assert!(workbench.state().relaxation.trajectory.is_none());
    settle(&mut workbench);
    let settings = Box::new(RelaxationSettings {
        steps: 0,
        ..RelaxationSettings::default()
    });
    workbench.apply(Command::SetRelaxation { settings });
    apply(&mut workbench, Command::RelaxSelected);
    let trajectory = workbench.state().relaxation.trajectory.clone().unwrap();
    assert!(matches!(
        trajectory.source,
        TrajectorySource::Run { row: 1, .. }
    ));
    assert!((trajectory.figures[0].volume - 2.6_f64.powi(3)).abs() < 1e-9);
}

#[test]
fn a_run_goes_on_until_a_trajectory_takes_its_place_or_its_candidates_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = with(&pushed(), folder.path());
    let settings = Box::new(RelaxationSettings {
        force_limit: 1e-9,
        stress_limit: 1e-9,
        steps: 100_000,
        ..RelaxationSettings::default()
    });
    workbench.apply(Command::SetRelaxation { settings });
    let run = |workbench: &mut Workbench| {
        workbench.apply(Command::RelaxSelected);
        let until = Instant::now() + Duration::from_secs(120);
        let some = |w: &Workbench| w.state().relaxation.trajectory.as_ref().unwrap().len() > 1;
        while !some(workbench) {
            assert!(Instant::now() < until);
            workbench.poll();
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(workbench.state().is_busy(TaskKind::Relax));
    };
    run(&mut workbench);
    // One that cannot be read leaves it alone.
    let path = Some(folder.path().join("none.extxyz"));
    workbench.apply(Command::OpenTrajectory { path });
    let until = Instant::now() + Duration::from_secs(60);
    while workbench.state().relaxation.error.is_none() {
        assert!(Instant::now() < until);
        workbench.poll();
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(workbench.state().is_busy(TaskKind::Relax));
    let number = workbench.state().relaxation.number;
    let text = frame(1, 2.5, "", "") + &frame(1, 2.6, "", "");
    open_frames(&mut workbench, &folder.path().join("two.extxyz"), &text);
    // All work has ended, the run with it, and none of its steps is among the frames.
    let relaxation = &workbench.state().relaxation;
    assert_ne!(relaxation.number, number);
    assert_eq!(relaxation.trajectory.as_ref().unwrap().figures.len(), 2);
    assert_eq!((&relaxation.end, &relaxation.error), (&None, &None));
    run(&mut workbench);
    apply(&mut workbench, Command::CloseProject);
    assert!(workbench.state().relaxation.trajectory.is_none());
    assert!(workbench.state().viewed().is_none());
}
