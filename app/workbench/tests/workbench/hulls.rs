//! Hulls of chemical systems: phases against the room of the potential, candidates among them, what cannot be drawn.

use crate::{apply, errors, workbench_in};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use workbench::{
    Command, Element, ElementRule, HullPlot, HullSource, HullState, Panel, SelectMode, Workbench,
};

fn show(workbench: &mut Workbench, system: &str) {
    let system = system.to_owned();
    apply(workbench, Command::SetHullSystem { system });
}

fn plot(workbench: &Workbench) -> Arc<HullPlot> {
    match &workbench.state().hull {
        HullState::Plot(plot) => plot.clone(),
        other => panic!("{other:?}"),
    }
}

fn refused(workbench: &Workbench) -> (String, Vec<String>) {
    match &workbench.state().hull {
        HullState::Refused(why, parts) => {
            let parts = parts.iter().map(|part| part.system.clone());
            (why.clone(), parts.collect())
        }
        other => panic!("{other:?}"),
    }
}

fn open(path: &Path, text: &str) -> Workbench {
    std::fs::write(path, text).unwrap();
    let mut workbench = workbench_in(None);
    let path = path.to_path_buf();
    apply(
        &mut workbench,
        Command::ImportTable {
            path,
            formula_column: None,
        },
    );
    workbench
}

#[test]
fn stable_phases_are_those_that_the_simplex_method_finds() {
    let phases = potential::phases::Phases::bundled(potential::Model::default()).unwrap();
    let mut workbench = workbench_in(None);
    for system in ["Fe-N", "Li-O", "Li-Fe-O"] {
        show(&mut workbench, system);
        let plot = plot(&workbench);
        let elements = system.split('-').map(|s| Element::from_symbol(s).unwrap());
        let elements: BTreeSet<Element> = elements.collect();
        let numbers: Vec<usize> = phases.of_system(&elements).collect();
        assert_eq!(plot.phases, numbers.len(), "{system}");
        assert_eq!(plot.points.len(), plot.phases);
        // Sources and distances from the hull of `lodestone hull --system`, which knows nothing of surfaces.
        let mut wanted = BTreeSet::new();
        for number in numbers {
            let phase = &phases.hull().phases()[number];
            let composition = &phase.composition;
            let above = phases.hull().above(composition, phase.energy_per_atom);
            let is_stable = above.unwrap() < 1e-9;
            let source = phases.records()[number].source.clone();
            let formula = composition.as_ref().reduced_formula();
            if is_stable {
                wanted.insert((formula, source));
            }
        }
        let found: BTreeSet<(String, String)> = plot
            .stable()
            .map(|point| match &point.source {
                HullSource::Phase { source, .. } => (point.formula.clone(), source.clone()),
                HullSource::Row(_) => panic!("a candidate is no phase"),
            })
            .collect();
        // Of two records of one phase, which have one energy, one is a corner.
        assert!(found.is_subset(&wanted), "{system}: {found:?} {wanted:?}");
        let formulas = |all: &BTreeSet<(String, String)>| -> BTreeSet<String> {
            all.iter().map(|(formula, _)| formula.clone()).collect()
        };
        assert_eq!(formulas(&found), formulas(&wanted), "{system}");
        assert_eq!(found.len(), formulas(&found).len(), "{system}");
        for point in plot.stable() {
            assert!(point.above_hull.abs() < 1e-9);
        }
        // Every edge joins stable phases, and each of them has one.
        let joined: BTreeSet<usize> = plot.edges.iter().flatten().copied().collect();
        assert!(joined.iter().all(|&at| plot.points[at].is_stable));
        assert_eq!(joined.len(), found.len());
    }
    // Undone, the one before is drawn again.
    apply(&mut workbench, Command::Undo);
    assert_eq!(plot(&workbench).system(), "Li-O");
    assert_eq!(errors(&workbench), [""; 0]);
}

#[test]
fn candidates_with_an_energy_lie_among_the_phases() {
    let folder = tempfile::tempdir().unwrap();
    let text = "formula,potential.formation_energy [eV/atom]\nFe2N2,-0.3\nNaCl,-2\nFe,0.125\nFeO,-1\nFe3N,\n";
    let mut workbench = open(&folder.path().join("mine.csv"), text);
    show(&mut workbench, "Fe N");
    let plot = plot(&workbench);
    // Three rows hold nothing but iron and nitrogen; the energy of one is not known.
    assert_eq!((plot.in_system, plot.candidates().len()), (3, 2));
    let [nitride, iron] = plot.candidates() else {
        panic!("two candidates");
    };
    assert_eq!((nitride.formula.as_str(), nitride.row()), ("FeN", Some(0)));
    assert_eq!(nitride.fractions, [0.5, 0.5]);
    assert_eq!(nitride.formation_energy, -0.3);
    // Its distance: from the energy of formation of the mixture that it would fall into.
    let mixture: f64 = nitride
        .decomposition
        .iter()
        .map(|(formula, share)| {
            let mut stable = plot.stable().filter(|p| p.formula == *formula);
            share * stable.next().unwrap().formation_energy
        })
        .sum();
    assert!((nitride.above_hull - (-0.3 - mixture)).abs() < 1e-9);
    // Over pure iron nothing is gained but the energy itself.
    assert!((iron.above_hull - 0.125).abs() < 1e-9);
    assert_eq!(plot.of_row(2), Some(plot.phases + 1));
    assert_eq!(plot.of_row(1), None);
    // What is filtered away is not in view.
    let text = "Na".to_owned();
    apply(&mut workbench, Command::SetSearch { text });
    assert_eq!(self::plot(&workbench).in_system, 0);
    apply(&mut workbench, Command::CloseProject);
    assert!(matches!(workbench.state().hull, HullState::None));
}

#[test]
fn the_system_is_that_of_the_selected_candidate_or_of_the_periodic_table() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = open(
        &folder.path().join("mine.csv"),
        "formula,x\nFePO4,1\nLi2O,2\n",
    );
    apply(&mut workbench, Command::HullOfSelected);
    assert!(errors(&workbench)[0].contains("nothing is selected"));
    let rows = Arc::new(vec![1]);
    let mode = SelectMode::Replace;
    apply(&mut workbench, Command::Select { rows, mode });
    apply(&mut workbench, Command::HullOfSelected);
    assert_eq!(plot(&workbench).system(), "Li-O");
    assert_eq!(workbench.state().wanted_panel.1, Some(Panel::Hull));
    for symbol in ["Fe", "P", "O"] {
        let (symbol, rule) = (symbol.to_owned(), Some(ElementRule::Require));
        apply(&mut workbench, Command::SetElement { symbol, rule });
    }
    apply(&mut workbench, Command::HullOfElements);
    let elements: BTreeSet<_> = plot(&workbench).elements.iter().copied().collect();
    assert_eq!(elements.len(), 3);
    assert_eq!(plot(&workbench).cells[0].len(), 3);
}

#[test]
fn what_cannot_be_drawn_says_why_and_what_can() {
    let mut workbench = workbench_in(None);
    show(&mut workbench, "Li-Fe-P-O");
    let (why, parts) = refused(&workbench);
    assert!(why.contains("4 components"), "{why}");
    assert!(parts.contains(&"Li-Fe-O".to_owned()) && parts.contains(&"Fe-O".to_owned()));
    assert!(parts.iter().all(|part| part.split('-').count() < 4));
    show(&mut workbench, "Fe-Po");
    let (why, _) = refused(&workbench);
    assert!(why.contains("no phase of Po alone is bundled"), "{why}");
    // Two elements without a compound have a line between them, and a warning.
    show(&mut workbench, "Fe-He");
    let bare = plot(&workbench);
    assert_eq!((bare.bare_text().as_str(), bare.edges.len()), ("Fe-He", 1));
    show(&mut workbench, "Fe");
    assert!(refused(&workbench).0.contains("add one or two elements"));
    show(&mut workbench, "Fe-Qq");
    assert!(refused(&workbench).0.contains("\"Qq\" is no element"));
    show(&mut workbench, "");
    assert!(matches!(workbench.state().hull, HullState::None));
}

#[test]
fn the_hull_is_written_as_a_picture_and_as_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let mut workbench = workbench_in(None);
    let export = |name: &str| Command::ExportHull {
        path: Some(folder.path().join(name)),
    };
    apply(&mut workbench, export("none.svg"));
    assert!(errors(&workbench)[0].contains("no hull is drawn"));
    show(&mut workbench, "Fe-O");
    apply(&mut workbench, Command::SetHullLimit { limit: 0.05 });
    for name in ["hull.svg", "hull.csv"] {
        apply(&mut workbench, export(name));
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let picture = read("hull.svg");
    for wanted in [
        "Fe₂O₃",
        "relative to",
        "bundled phases",
        "atomic fraction of O",
    ] {
        assert!(picture.contains(wanted), "{wanted}");
    }
    let table = read("hull.csv");
    let plot = plot(&workbench);
    assert_eq!(table.lines().count(), plot.points.len() + 1);
    let header = table.lines().next().unwrap();
    assert!(header.contains("energy_above_hull [eV/atom]"), "{header}");
    assert!(table.contains("yes"));
    apply(&mut workbench, export("hull.gif"));
    assert!(errors(&workbench)[1].contains(".svg or .png"));
}

#[test]
fn the_parts_of_all_elements_are_those_that_a_look_at_each_finds() {
    let phases = potential::phases::Phases::bundled(potential::Model::default()).unwrap();
    let mut workbench = workbench_in(None);
    let all = (1..=94).filter_map(Element::new);
    let all: Vec<Element> = all.collect();
    let system: Vec<&str> = all.iter().map(|e| e.symbol()).collect();
    // Too many to be drawn, and some of them without any phase.
    show(&mut workbench, &system.join("-"));
    let HullState::Refused(_, parts) = &workbench.state().hull else {
        panic!("{:?}", workbench.state().hull);
    };
    assert_eq!(parts.len(), 30);
    for part in parts {
        let elements = part
            .system
            .split('-')
            .map(|s| Element::from_symbol(s).unwrap());
        let elements: BTreeSet<Element> = elements.collect();
        let numbers: Vec<usize> = phases.of_system(&elements).collect();
        let size = |n: &&usize| phases.hull().phases()[**n].composition.as_ref().len() > 1;
        assert_eq!(part.phases, numbers.len(), "{}", part.system);
        assert_eq!(part.compounds, numbers.iter().filter(size).count());
    }
    assert!(
        parts
            .windows(2)
            .all(|pair| pair[0].compounds >= pair[1].compounds)
    );
}

#[test]
fn a_hull_that_was_cancelled_can_be_asked_for_again() {
    let mut workbench = workbench_in(None);
    let system = "Fe-N".to_owned();
    workbench.apply(Command::SetHullSystem { system });
    workbench.apply(Command::CancelAll);
    crate::settle(&mut workbench);
    show(&mut workbench, "Fe-N");
    assert_eq!(plot(&workbench).system(), "Fe-N");
}
