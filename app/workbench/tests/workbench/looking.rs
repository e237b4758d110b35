//! Which rows are shown, in which order; what the plot is made of.

use crate::{apply, workbench_in};
use workbench::{Challenge, Command, Comparison, Direction, Filter, Results, Sort, Workbench};

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
