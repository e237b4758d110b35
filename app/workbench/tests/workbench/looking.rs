//! Which rows are shown, in which order; what the plot is made of.

use crate::{apply, workbench_in};
use workbench::{
    Challenge, Command, Comparison, Direction, Filter, ParallelAxis, Results, Sort, Workbench,
};

fn open(challenge: Challenge) -> Workbench {
    let mut workbench = workbench_in(None);
    apply(&mut workbench, Command::OpenChallenge { challenge });
    workbench
}

fn shown(workbench: &Workbench) -> Vec<u32> {
    workbench.state().rows.to_vec()
}

fn results(workbench: &Workbench) -> &Results {
    workbench.state().results.as_ref().unwrap()
}

fn search(workbench: &mut Workbench, text: &str) -> Vec<String> {
    apply(workbench, Command::SetSearch { text: text.into() });
    let rows = shown(workbench);
    let mut formulas: Vec<String> = rows
        .iter()
        .map(|&row| results(workbench).formula(row))
        .collect();
    formulas.sort();
    formulas
}

#[test]
fn every_challenge_ranks_as_the_command_line_does() {
    // Counts as `lodestone rank` tells them for the same objectives and constraints.
    for (challenge, candidates, feasible) in [
        (Challenge::CobaltFreeCathode, 280, 255),
        (Challenge::RareEarthFreeMagnet, 156, 79),
        (Challenge::SingleAtomCatalyst, 85, 13),
        (Challenge::LeadFreePhotocatalyst, 2470, 9),
    ] {
        let workbench = open(challenge);
        let counts = results(&workbench).counts();
        assert_eq!((counts.candidates, counts.feasible), (candidates, feasible));
        assert!(counts.front > 0, "{challenge:?}");
        assert!(workbench.state().points.is_some());
    }
    let workbench = open(Challenge::WideGapSemiconductor);
    assert!(results(&workbench).counts().feasible > 100);
}

#[test]
fn a_search_finds_formulas_in_any_order_elements_and_texts() {
    let mut workbench = open(Challenge::CobaltFreeCathode);
    assert_eq!(search(&mut workbench, "O4PFeLi"), ["LiFePO4"]);
    assert_eq!(search(&mut workbench, "FePO4Li"), ["LiFePO4"]);
    let with_both = search(&mut workbench, "Li Fe");
    assert!(with_both.contains(&"LiFePO4".to_owned()));
    assert!(
        with_both
            .iter()
            .all(|f| f.contains("Li") && f.contains("Fe"))
    );
    let white = search(&mut workbench, "prussian WHITE");
    assert!(white.contains(&"Na2Fe2C6N6".to_owned()), "{white:?}");
    assert_eq!(
        search(&mut workbench, "no such thing"),
        Vec::<String>::new()
    );
}

#[test]
fn filters_hide_what_they_say_and_an_unfinished_one_hides_nothing() {
    let mut workbench = open(Challenge::CobaltFreeCathode);
    let all = shown(&workbench);
    let filter = |comparison, value: &str| Filter {
        column: "battery.average_voltage".into(),
        comparison,
        value: value.into(),
    };
    let unfinished = filter(Comparison::AtLeast, "3.");
    apply(
        &mut workbench,
        Command::AddFilter {
            filter: filter(Comparison::AtLeast, "abc"),
        },
    );
    assert_eq!(shown(&workbench), all);
    apply(
        &mut workbench,
        Command::SetFilter {
            index: 0,
            filter: unfinished,
        },
    );
    let voltage = |row: u32| {
        let column = results(&workbench)
            .column("battery.average_voltage")
            .unwrap();
        results(&workbench).value(column, row).mean
    };
    let expected: Vec<u32> = all
        .iter()
        .copied()
        .filter(|&row| voltage(row) >= 3.0)
        .collect();
    assert_eq!(shown(&workbench), expected);
    assert!(expected.len() < all.len());
}

#[test]
fn unknown_values_come_last_whichever_way_a_column_is_sorted() {
    let mut workbench = open(Challenge::RareEarthFreeMagnet);
    for descending in [false, true] {
        let sort = Some(Sort {
            column: "magnet.saturation".into(),
            descending,
        });
        apply(&mut workbench, Command::SortBy { sort });
        let column = results(&workbench).column("magnet.saturation").unwrap();
        let values: Vec<f64> = shown(&workbench)
            .iter()
            .map(|&row| results(&workbench).value(column, row).mean)
            .collect();
        let known = values.iter().take_while(|v| !v.is_nan()).count();
        assert!(values[known..].iter().all(|v| v.is_nan()));
        let (known, sign) = (&values[..known], if descending { -1.0 } else { 1.0 });
        assert!(known.is_sorted_by(|a, b| sign * a <= sign * b));
        assert!(!known.is_empty() && known.len() < values.len());
    }
}

#[test]
fn the_front_of_the_plot_is_what_no_other_point_beats_in_both() {
    let workbench = open(Challenge::CobaltFreeCathode);
    let points = workbench.state().points.clone().unwrap();
    assert_eq!(points.x_column.direction, Some(Direction::Maximize));
    assert_eq!(points.y_column.direction, Some(Direction::Minimize));
    let beaten = |at: usize| {
        (0..points.rows.len()).any(|other| {
            let (x, y) = (
                points.x[other] - points.x[at],
                points.y[at] - points.y[other],
            );
            x >= 0.0 && y >= 0.0 && x + y > 0.0
        })
    };
    for at in 0..points.rows.len() {
        assert_eq!(points.front.contains(&(at as u32)), !beaten(at), "{at}");
    }
    assert!(points.y_log, "costs span more than three powers of ten");
}

#[test]
fn missing_values_come_with_their_reason() {
    let workbench = open(Challenge::RareEarthFreeMagnet);
    let column = results(&workbench)
        .column("magnet.energy_product_reachable")
        .unwrap();
    let row = shown(&workbench)
        .into_iter()
        .find(|&row| results(&workbench).value(column, row).mean.is_nan())
        .unwrap();
    assert!(!results(&workbench).notes_of(column, row).is_empty());
}

#[test]
fn what_is_brushed_on_all_axes_is_selected_and_a_selection_elsewhere_ends_it() {
    let mut workbench = open(Challenge::CobaltFreeCathode);
    let parallel = workbench.state().parallel.clone().unwrap();
    let names: Vec<&str> = parallel
        .axes
        .iter()
        .map(|a| a.column.name.as_str())
        .collect();
    assert_eq!(
        names[..2],
        ["battery.specific_energy", "battery.energy_cost"]
    );
    assert!(!parallel.axes[0].flipped && parallel.axes[1].flipped);
    assert_eq!(parallel.rows.len(), 255);
    let brushes = [
        ("battery.specific_energy", [400.0, 700.0]),
        ("battery.energy_cost", [30.0, 1.0]),
    ];
    for (column, range) in brushes {
        let column = column.to_owned();
        let range = Some(range);
        apply(&mut workbench, Command::BrushAxis { column, range });
    }
    let value = |name: &str, row: u32| {
        let column = results(&workbench).column(name).unwrap();
        results(&workbench).value(column, row).mean
    };
    let mut expected: Vec<u32> = shown(&workbench)
        .into_iter()
        .filter(|&row| (400.0..=700.0).contains(&value("battery.specific_energy", row)))
        .filter(|&row| (1.0..=30.0).contains(&value("battery.energy_cost", row)))
        .collect();
    expected.sort_unstable();
    assert!(
        expected.len() > 3 && expected.len() < 200,
        "{}",
        expected.len()
    );
    assert_eq!(*workbench.state().project.selection, expected);
    // Both brushes were steps of their own.
    workbench.apply(Command::Undo);
    assert_eq!(workbench.state().project.parallel.brushes.len(), 1);
    assert!(workbench.state().project.selection.len() > expected.len());
    workbench.apply(Command::Redo);
    assert_eq!(*workbench.state().project.selection, expected);
    apply(&mut workbench, Command::SelectFront);
    assert!(workbench.state().project.parallel.brushes.is_empty());
}

#[test]
fn parallel_axes_are_chosen_turned_over_and_taken_back() {
    let mut workbench = open(Challenge::RareEarthFreeMagnet);
    let axis = |column: &str, flipped| ParallelAxis {
        flipped,
        ..ParallelAxis::of(column)
    };
    let axes = vec![
        axis("magnet.saturation", Some(true)),
        axis("magnet.curie_temperature_measured", None),
        axis("no.such_column", None),
    ];
    let axes = Some(axes);
    apply(&mut workbench, Command::SetParallelAxes { axes });
    let parallel = workbench.state().parallel.clone().unwrap();
    assert_eq!(parallel.axes.len(), 2);
    assert!(parallel.axes[0].flipped);
    let column = results(&workbench).column("magnet.saturation").unwrap();
    let rows = shown(&workbench).into_iter();
    let unknown = rows.filter(|&row| results(&workbench).value(column, row).mean.is_nan());
    assert_eq!(parallel.axes[0].missing, unknown.count());
    apply(&mut workbench, Command::Undo);
    let parallel = workbench.state().parallel.clone().unwrap();
    assert_eq!(parallel.axes.len(), 5);
}

#[test]
fn candidates_that_satisfy_the_constraints_are_counted_before_the_ranking_as_after_it() {
    let mut workbench = open(Challenge::CobaltFreeCathode);
    for text in [
        "battery.average_voltage > 3",
        "battery.average_voltage > 3 and has Li and 0 < energy_cost < 40",
        "\"battery.average_voltage [V]\" <= 4",
    ] {
        let text = text.to_owned();
        apply(&mut workbench, Command::AddConstraint { text });
        let counts = results(&workbench).counts();
        let feasible = workbench.state().feasible.clone().unwrap();
        assert_eq!(
            (feasible.all, feasible.candidates),
            (counts.feasible, counts.candidates)
        );
        assert!(
            feasible
                .each
                .iter()
                .all(|each| each.is_some_and(|n| n >= feasible.all))
        );
    }
    let text = "no_such_property > 1".to_owned();
    apply(&mut workbench, Command::AddConstraint { text });
    assert_eq!(workbench.state().feasible, None);
}
