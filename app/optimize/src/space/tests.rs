use super::*;
use crate::space::random::Random;
use proptest::prelude::*;
use std::collections::HashSet;

fn space(text: &str) -> Space {
    Space::from_toml(text).unwrap()
}

fn mixture(parts: usize, rest: &str) -> String {
    let names: Vec<String> = (0..parts).map(|i| format!("\"p{i}\"")).collect();
    format!(
        "[[input]]\nname = \"m\"\nmixture = [{}]\n{rest}",
        names.join(", ")
    )
}

fn refusal(text: &str) -> String {
    Space::from_toml(text).unwrap_err().to_string()
}

#[test]
fn steps_are_the_decimals_one_would_write() {
    let space = space("[[input]]\nname = \"x\"\nrange = [0, 1]\nstep = 0.1");
    let all = space.enumerate(100).unwrap();
    let texts: Vec<String> = all.rows().map(|row| space.texts(row).join("")).collect();
    let expected = [
        "0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn values_of_a_category_lie_at_distance_one_and_levels_evenly() {
    let space = space(
        "[[input]]\nname = \"c\"\ncategory = [\"a\", \"b\", \"c\"]\n[[input]]\nname = \"l\"\nlevels = [1, 5, 20]",
    );
    assert_eq!(space.row_names(), ["c=a", "c=b", "c=c", "l"]);
    let encoded = |candidate: [f64; 2]| {
        let mut row = [0.0; 4];
        space.encode(&candidate, &mut row);
        row
    };
    let distance = |a: [f64; 4], b: [f64; 4]| {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    let (a, b) = (encoded([0.0, 0.0]), encoded([1.0, 0.0]));
    assert!((distance(a, b) - 1.0).abs() < 1e-15);
    assert_eq!(encoded([2.0, 1.0])[3], 0.5);
    assert_eq!(space.read(&["b", "5.0"]).unwrap(), [1.0, 1.0]);
}

#[test]
fn counts_are_those_of_combinatorics() {
    // Compositions of 20 into 4 parts: C(23, 3) = 1771; at most two there: 4 + 6 * 19 = 118.
    let plain = space(&mixture(4, "step = 0.05"));
    assert_eq!(plain.count(), Count::Exactly(1771));
    assert_eq!(plain.enumerate(1771).unwrap().len(), 1771);
    assert!(plain.enumerate(1770).is_none());
    let pairs = space(&mixture(4, "step = 0.05\nat_most = 2"));
    assert_eq!(pairs.count(), Count::Exactly(118));
    // At least 0.2 where there: two parts of 4..16 twentieths are 13 ways, so 4 + 6 * 13.
    let least = space(&mixture(4, "step = 0.05\nat_most = 2\nleast = 0.2"));
    assert_eq!(least.count(), Count::Exactly(82));
    // p0 + p1 = 0.25 of 1 in quarters: (2 ways) * (4 ways to share 3 quarters between p2 and p3).
    let group = "step = 0.25\ngroups = [{ parts = [\"p0\", \"p1\"], range = [0.25, 0.25] }]";
    assert_eq!(space(&mixture(4, group)).count(), Count::Exactly(8));
    assert_eq!(space(&mixture(3, "")).count(), Count::Continuous);
    let huge = space(&mixture(60, "step = 0.001"));
    assert!(matches!(huge.count(), Count::AtMost(about) if about > 1e60));
    assert!(huge.enumerate(1_000_000).is_none());
    let product = space(&format!(
        "constraints = [\"t < 350\"]\n[[input]]\nname = \"t\"\nrange = [300, 400]\nstep = 25\n{}",
        mixture(3, "step = 0.5")
    ));
    assert_eq!(product.count(), Count::Exactly(30));
    assert_eq!(product.enumerate(30).unwrap().len(), 12);
}

/// Mean 1/n, variance (n - 1) / (n^2 (n + 1)), covariance -1 / (n^2 (n + 1)): the flat Dirichlet distribution.
#[test]
fn a_plain_simplex_is_filled_uniformly() {
    let n = 4usize;
    let check = |rows: &[Vec<f64>], what: &str| {
        let count = rows.len() as f64;
        let mean = |f: &dyn Fn(&[f64]) -> f64| rows.iter().map(|row| f(row)).sum::<f64>() / count;
        let (third, expected) = (1.0 / 4.0, 3.0 / 80.0);
        for i in 0..n {
            let first = mean(&|row| row[i]);
            let variance = mean(&|row| (row[i] - third).powi(2));
            let covariance = mean(&|row| (row[i] - third) * (row[(i + 1) % n] - third));
            assert!((first - third).abs() < 0.006, "{what} {first}");
            assert!((variance - expected).abs() < 0.002, "{what} {variance}");
            assert!(
                (covariance + 1.0 / 80.0).abs() < 0.002,
                "{what} {covariance}"
            );
            // P(x > 1/2) = (1/2)^(n - 1).
            let tail = mean(&|row| f64::from(u8::from(row[i] > 0.5)));
            assert!((tail - 0.125).abs() < 0.012, "{what} {tail}");
        }
    };
    let lattice = space(&mixture(n, "")).places[0].lattice.clone().unwrap();
    let sobol = crate::Sobol::scrambled(n, 3).unwrap();
    let mut draws = vec![0.0; n];
    let rows: Vec<Vec<f64>> = (0..20_000)
        .map(|number| {
            sobol.point(number, &mut draws);
            let units = lattice.within(&draws, false, &mut Random::new(0, number));
            assert_eq!(units.iter().sum::<i64>(), lattice.units);
            units.iter().map(|&units| lattice.amount(units)).collect()
        })
        .collect();
    check(&rows, "Sobol");
    // The same by exchanges: a group that binds nothing makes it no plain simplex.
    let group = "groups = [{ parts = [\"p0\", \"p1\"], range = [0, 1] }]";
    let by_exchange = space(&mixture(n, group)).sample(20_000, 5).unwrap();
    let rows: Vec<Vec<f64>> = by_exchange.rows().map(<[f64]>::to_vec).collect();
    check(&rows, "exchanges");
}

#[test]
fn sets_of_parts_are_equally_likely_and_amounts_within_them_uniform() {
    let space = space(&mixture(5, "at_most = 2\nat_least = 2"));
    let candidates = space.sample(20_000, 1).unwrap();
    let mut counts = [[0usize; 5]; 5];
    let mut sum = 0.0;
    for row in candidates.rows() {
        let there: Vec<usize> = (0..5).filter(|&i| row[i] > 0.0).collect();
        counts[there[0]][there[1]] += 1;
        sum += (row[there[0]] - 0.5).powi(2);
    }
    for (i, row) in counts.iter().enumerate() {
        for count in &row[i + 1..] {
            assert!(
                (*count as f64 - 2000.0).abs() < 5.0 * 1800f64.sqrt(),
                "{count}"
            );
        }
    }
    assert!((sum / 20_000.0 - 1.0 / 12.0).abs() < 0.003);
}

#[test]
fn faces_of_a_mixture_are_sampled_and_can_be_reached() {
    let space = space(&mixture(3, ""));
    let candidates = space.sample(400, 1).unwrap();
    let faces = candidates.rows().filter(|row| row.contains(&0.0)).count();
    assert!((20..70).contains(&faces), "{faces}");
    let near = space.neighbours(candidates.row(0), 50, 0.1, 2);
    assert_eq!(near.len(), 50);
    assert!(near.rows().any(|row| row.contains(&0.0)));
}

#[test]
fn too_many_sets_of_parts_to_list_are_drawn() {
    let space = space(&mixture(40, "at_most = 6\nleast = 0.05"));
    let candidates = space.sample(500, 4).unwrap();
    assert_eq!(candidates.len(), 500);
    for row in candidates.rows() {
        space.check(row).unwrap();
    }
}

#[test]
fn bounds_that_conflict_are_named_with_their_line() {
    let text = refusal(&mixture(3, "bounds = { p0 = [0.6, 1], p1 = [0.5, 1] }"));
    assert!(text.starts_with("line 4, input `m`"), "{text}");
    assert!(text.contains("sum to 1.1, more than its 1;"), "{text}");
    let text = refusal(&mixture(2, "bounds = { p0 = [0, 0.2], p1 = [0, 0.5] }"));
    assert!(text.contains("sum to 0.7, less than its 1;"), "{text}");
    let text = refusal(&mixture(
        3,
        "at_most = 2\nbounds = { p0 = [0, 0.4], p1 = [0, 0.4], p2 = [0, 0.4] }",
    ));
    assert!(
        text.contains("no 1 to 2 of the parts can sum to 1"),
        "{text}"
    );
    let text = refusal(&mixture(
        3,
        "at_most = 1\nbounds = { p0 = [0.1, 0.4], p1 = [0.1, 0.4] }",
    ));
    assert!(
        text.contains("p0 + p1 have lower bounds above zero"),
        "{text}"
    );
    let text = refusal(&mixture(
        3,
        "groups = [{ parts = [\"p0\", \"p1\"], range = [0.6, 1] }]\nbounds = { p0 = [0, 0.2], p1 = [0, 0.3] }",
    ));
    assert!(
        text.starts_with("line 4") && text.contains("group p0 + p1 sum to 0.5, less than its 0.6"),
        "{text}"
    );
    let text = refusal(&mixture(
        3,
        "groups = [{ parts = [\"p0\", \"p1\"], range = [0, 1] }, { parts = [\"p1\", \"p2\"], range = [0, 1] }]",
    ));
    assert!(text.contains("share some of their parts"), "{text}");
    let text = refusal(&mixture(3, "step = 0.3"));
    assert!(
        text.starts_with("line 4") && text.contains("no whole number of steps of 0.3"),
        "{text}"
    );
    let text = refusal(&mixture(2, "step = 0.5\nbounds = { p0 = [0.1, 0.4] }"));
    assert!(
        text.contains("no multiple of 0.5 lies from 0.1 to 0.4 for `p0`"),
        "{text}"
    );
}

#[test]
fn mistakes_are_told_with_line_and_remedy() {
    let text = refusal("[[input]]\nname = \"x\"\nrange = [3, 1]");
    assert_eq!(
        text,
        "line 3, input `x`: the range from 3 to 1 is empty; write the lower bound first"
    );
    let text = refusal("[[input]]\nname = \"x\"\nrange = [0, 1]\nscale = \"log\"");
    assert!(
        text.starts_with("line 3") && text.contains("cannot start at 0"),
        "{text}"
    );
    let text = refusal("[[input]]\nname = \"x\"\nrange = [0, 1]\nat_most = 3");
    assert!(
        text.starts_with("line 4") && text.contains("says nothing of a range"),
        "{text}"
    );
    let text = refusal("[[input]]\nname = \"x\"\nrnage = [0, 1]");
    assert!(
        text.starts_with("line 3") && text.contains("rnage"),
        "{text}"
    );
    let text = refusal("[[input]]\nname = \"x\"\n");
    assert!(
        text.starts_with("line 1") && text.contains("not said what"),
        "{text}"
    );
    let text =
        refusal("[[input]]\nname = \"x\"\nrange = [0, 1]\n[[input]]\nname = \"x\"\nrange = [0, 1]");
    assert!(
        text.starts_with("line 5") && text.contains("stands twice"),
        "{text}"
    );
    let text = refusal(
        "constraints = [\n\"temp < 3\"]\n[[input]]\nname = \"temperature\"\nrange = [0, 1]",
    );
    assert!(
        text.starts_with("line 2") && text.contains("no input `temp`"),
        "{text}"
    );
    let text =
        refusal("constraints = [\"c < 3\"]\n[[input]]\nname = \"c\"\ncategory = [\"a\", \"b\"]");
    assert!(text.contains("whose values are words"), "{text}");
    let text = refusal(&mixture(2, "bounds = { p9 = [0, 1] }"));
    assert!(text.contains("`p9` is no part"), "{text}");
    assert!(refusal("").contains("no inputs"));
    let read = space("[[input]]\nname = \"c\"\ncategory = [\"DMF\", \"DMSO\"]");
    let text = read.read(&["DMFO"]).unwrap_err().to_string();
    assert!(
        text.contains("`DMFO` is none of its values; did you mean `DMF`"),
        "{text}"
    );
}

#[test]
fn constraints_that_nothing_satisfies_are_told() {
    let space = space("constraints = [\"x > 2\"]\n[[input]]\nname = \"x\"\nrange = [0, 1]");
    let text = space.sample(10, 1).unwrap_err().to_string();
    assert!(text.contains("none of") && text.contains("x > 2"), "{text}");
}

#[test]
fn a_pool_tells_its_space() {
    let fractions = [
        [0.5, 0.25, 0.25],
        [1.0, 0.0, 0.0],
        [0.0, 0.5, 0.5],
        [0.1, 0.2, 0.7],
    ];
    let part = |i: usize| fractions.iter().map(|row| row[i]).collect::<Vec<f64>>();
    let (a, b, c) = (part(0), part(1), part(2));
    let numbers = |name, values| PoolColumn {
        name,
        unit: Some("K"),
        values: PoolValues::Numbers(values),
    };
    let texts = |name, values| PoolColumn {
        name,
        unit: None,
        values: PoolValues::Texts(values),
    };
    let guess = Space::from_columns(&[
        texts("id", &["a1", "a2", "a3", "a4"]),
        numbers("a", &a),
        numbers("b", &b),
        numbers("c", &c),
        numbers("t", &[300.0, 320.0, 500.0, 420.0]),
        numbers("time", &[1.0, 10.0, 2000.0, 5.0]),
        numbers("fixed", &[2.0; 4]),
        numbers("holes", &[2.0, f64::NAN, 1.0, 3.0]),
        texts("ligand", &["P1", "P2", "P1", "P2"]),
    ])
    .unwrap();
    let kinds: Vec<String> = guess
        .space
        .inputs()
        .iter()
        .map(|input| match input {
            Input::Range(range) => {
                format!("{} {} {} {}", range.name, range.low, range.high, range.log)
            }
            Input::Category(category) => format!("{} {:?}", category.name, category.values),
            Input::Levels(levels) => levels.name.clone(),
            Input::Mixture(mixture) => format!("{} of {}", mixture.total, mixture.parts.len()),
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "1 of 3",
            "t 300 500 false",
            "time 1 2000 true",
            "ligand [\"P1\", \"P2\"]"
        ]
    );
    let left: Vec<&str> = guess
        .left_out
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(left, ["id", "fixed", "holes"]);
    assert!(guess.left_out[2].1.contains("misses 1 of 4"));
    let error = Space::from_columns(&[numbers("fixed", &[2.0; 3])]).unwrap_err();
    assert!(error.to_string().contains("`fixed` never varies"));
}

/// Spaces of every kind of input.
fn spaces() -> impl Strategy<Value = String> {
    let range =
        (-1e3..1e3f64, 1e-3..1e4f64, 0..3u8, 2..40u32).prop_map(|(low, width, kind, steps)| {
            let low = (low * 1e3).round() / 1e3;
            let high = ((low + width) * 1e3).round() / 1e3;
            let (low, high) = if kind == 2 {
                (0.001, 0.001 + width)
            } else {
                (low, high.max(low + 0.001))
            };
            let rest = match kind {
                0 => String::new(),
                1 => format!("step = {:?}\n", (high - low) / f64::from(steps)),
                _ => "scale = \"log\"\n".into(),
            };
            format!("range = [{low:?}, {high:?}]\n{rest}")
        });
    let words = (1..6usize, any::<bool>()).prop_map(|(count, ordered)| {
        let values: Vec<String> = (0..count).map(|i| format!("\"v{i}\"")).collect();
        let kind = if ordered { "levels" } else { "category" };
        format!("{kind} = [{}]\n", values.join(", "))
    });
    let parts = (2..7usize, 1..7usize, 0..4u8, 0.0..0.2f64, any::<bool>()).prop_map(
        |(count, most, kind, bound, percent)| {
            let total = if percent { 100.0 } else { 1.0 };
            let names: Vec<String> = (0..count).map(|i| format!("PART{i}")).collect();
            let mut text = format!(
                "mixture = [\"{}\"]\ntotal = {total}\nat_most = {}\n",
                names.join("\", \""),
                most.min(count)
            );
            if kind == 1 || kind == 3 {
                text += &format!("step = {:?}\nleast = {:?}\n", total * 0.05, total * 0.05);
            }
            if kind >= 2 {
                text += &format!("bounds = {{ PART0 = [{:?}, {total}] }}\n", bound * total);
                text += &format!(
                    "groups = [{{ parts = [\"PART0\", \"PART1\"], range = [{:?}, {total:?}] }}]\n",
                    bound * total
                );
            }
            text
        },
    );
    prop::collection::vec(prop_oneof![range, words, parts], 1..5).prop_map(|inputs| {
        let entries = inputs.iter().enumerate().map(|(i, text)| {
            format!(
                "[[input]]\nname = \"i{i}\"\n{}",
                text.replace("PART", &format!("i{i}_"))
            )
        });
        entries.collect::<Vec<_>>().join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn candidates_are_of_their_space_and_survive_encoding_and_text(text in spaces(), seed: u64) {
        let space = space(&text);
        let candidates = space.sample(40, seed).unwrap();
        prop_assert!(!candidates.is_empty());
        prop_assert_eq!(&candidates, &space.sample(40, seed).unwrap());
        let near = space.neighbours(candidates.row(0), 20, 0.1, seed);
        let mut different = HashSet::new();
        let mut row = vec![0.0; space.width()];
        for candidate in candidates.rows().chain(near.rows()) {
            prop_assert!(space.check(candidate).is_ok(), "{:?} {:?}", space.check(candidate), text);
            space.encode(candidate, &mut row);
            prop_assert!(row.iter().all(|place| (0.0..=1.0).contains(place)));
            prop_assert_eq!(space.decode(&row), candidate);
            prop_assert_eq!(space.read(&space.texts(candidate)).unwrap(), candidate);
        }
        for candidate in candidates.rows() {
            prop_assert!(different.insert(space.texts(candidate)));
        }
        for (input, place) in space.inputs.iter().zip(&space.places) {
            if let Input::Mixture(mixture) = input {
                for candidate in candidates.rows().chain(near.rows()) {
                    let sum: f64 = candidate[place.columns.clone()].iter().sum();
                    prop_assert!((sum - mixture.total).abs() <= 1e-13 * mixture.total);
                }
            }
        }
    }

    #[test]
    fn toml_reads_back_as_the_same_space(text in spaces()) {
        let space = space(&text);
        prop_assert_eq!(Space::from_toml(&space.to_toml()).unwrap(), space);
    }

    #[test]
    fn a_listed_space_holds_every_sample(text in spaces(), seed: u64) {
        let space = space(&text);
        if let Some(all) = space.enumerate(20_000) {
            if let Count::Exactly(count) = space.count() {
                prop_assert_eq!(all.len() as u128, count);
            }
            let known: HashSet<Vec<String>> = all.rows().map(|row| space.texts(row)).collect();
            prop_assert_eq!(known.len(), all.len());
            for candidate in space.sample(20, seed).unwrap().rows() {
                prop_assert!(known.contains(&space.texts(candidate)));
            }
        }
    }

    #[test]
    fn hostile_text_is_refused_and_never_panics(text in "(?s).{0,200}") {
        let _ = Space::from_toml(&text);
    }

    #[test]
    fn a_text_cut_or_with_a_number_changed_never_panics(
        text in spaces(), at in 0usize..400, put in prop::sample::select(vec![
            "nan", "inf", "-1", "1e308", "1e-308", "9223372036854775807", "\"", "[", "0", "[]", "{}", "\u{0}", "true",
        ]),
    ) {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.min(characters.len());
        let digits = characters[at..].iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
        characters.splice(at..at + digits, put.chars());
        let text: String = characters.into_iter().collect();
        if let Ok(space) = Space::from_toml(&text)
            && let Ok(candidates) = space.sample(10, 1)
        {
            for row in candidates.rows() {
                space.check(row).unwrap();
                space.neighbours(row, 3, 0.1, 1);
            }
        }
    }
}
