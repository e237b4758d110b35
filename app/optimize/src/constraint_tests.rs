use super::*;
use matter::Compositions;
use proptest::prelude::*;

fn error(text: &str) -> ParseError {
    Constraint::parse(text).expect_err(text)
}

/// The verdicts on rows of one property `x`.
fn verdicts(text: &str, x: &[f64]) -> String {
    let constraint = Constraint::parse(text).expect(text);
    assert_eq!(constraint.properties(), ["x"]);
    letters(&constraint.evaluate(x.len(), &[x], |_| None))
}

fn letters(verdicts: &[Verdict]) -> String {
    let letter = |verdict: &Verdict| match verdict {
        Verdict::Satisfied => 'y',
        Verdict::Violated => 'n',
        Verdict::Unknown => '?',
    };
    verdicts.iter().map(letter).collect()
}

#[test]
fn every_comparison_means_what_it_says_both_ways_round() {
    let x = [1.0, 2.0, 3.0, f64::NAN, f64::INFINITY, -f64::INFINITY];
    for (texts, expected) in [
        (["x < 2", "2>x", "x<2.0"], "ynn?ny"),
        (["x <= 2", "2 ≥ x", "x≤2e0"], "yyn?ny"),
        (["x = 2", "2 == x", "x==+2"], "nyn?nn"),
        (["x != 2", "2 ≠ x", "x≠.2e1"], "yny?yy"),
        (["x >= 2", "2 <= x", "x≥2"], "nyy?yn"),
        (["x > 2", "2 < x", "`x`>2"], "nny?yn"),
        (["1 < x <= 2", "2 >= x > 1", "1 < x AND x ≤ 2"], "nyn?nn"),
        (["x > −1", "-1 < x", "x > -1.0E+0 && x>=0"], "yyy?yn"),
    ] {
        for text in texts {
            assert_eq!(verdicts(text, &x), expected, "{text}");
        }
    }
}

#[test]
fn a_violation_outweighs_an_unknown() {
    let constraint = Constraint::parse("a > 1 and b > 1 and a < 9").expect("a constraint");
    assert_eq!(constraint.properties(), ["a", "b"]);
    let columns: [&[f64]; 2] = [
        &[0.0, 2.0, f64::NAN, f64::NAN],
        &[f64::NAN, f64::NAN, 0.0, 2.0],
    ];
    assert_eq!(letters(&constraint.evaluate(4, &columns, |_| None)), "n?n?");
}

#[test]
fn elements_are_looked_for_in_the_compositions() {
    let mut compositions = Compositions::new();
    for formula in ["LiCoO2", "LiNiO2", "LiFePO4"] {
        let parsed = matter::formula::parse(formula).expect(formula);
        compositions.push(parsed.composition.as_ref());
    }
    let look = |text: &str| {
        let constraint = Constraint::parse(text).expect(text);
        assert!(constraint.needs_composition() && constraint.properties().is_empty());
        letters(&constraint.evaluate(4, &[], |row| (row < 3).then(|| compositions.get(row))))
    };
    assert_eq!(look("has Co"), "ynn?");
    assert_eq!(look("NOT Has Co and not has P"), "nyn?");
    assert_eq!(look("has Co and has P"), "nnn?");
}

#[test]
fn quoted_names_may_hold_anything() {
    let constraint = Constraint::parse(
        r#""Cost (USD/kg)" <= 20 and `say "or"` > 1 and "has" = 0 and 容量.m_2 > 0"#,
    );
    let properties = constraint.expect("a constraint").properties().to_vec();
    assert_eq!(
        properties,
        ["Cost (USD/kg)", "say \"or\"", "has", "容量.m_2"]
    );
}

#[test]
fn what_is_not_known_is_refused_at_its_place_with_a_remedy() {
    for (text, position, problem, remedy) in [
        ("", 1, "it is empty", "PROPERTY < 2"),
        ("x >", 4, "ends too early", "PROPERTY < 2"),
        ("x > 1 and", 10, "ends too early", "PROPERTY < 2"),
        ("x", 2, "the end stands where a comparison", "<="),
        ("x > 1 or y < 2", 7, "`or` is not known", "only `and`"),
        ("x > 1 || y < 2", 7, "`or` is not known", "only `and`"),
        ("(x > 1)", 1, "the bracket `(`", "double quotes"),
        ("cost [USD/kg] < 3", 6, "the bracket `[`", "double quotes"),
        ("x + 1 > 2", 3, "no arithmetic (`+`)", "double quotes"),
        ("x -1 > 2", 3, "no arithmetic (`-`)", "double quotes"),
        ("x > 2 * 3", 7, "no arithmetic (`*`)", "a number"),
        ("e-hull < 0.1", 2, "no arithmetic (`-`)", "double quotes"),
        (
            "specific energy > 3",
            10,
            "`energy` stands where a comparison",
            "\"specific energy\"",
        ),
        ("x > 3 V", 7, "`V` stands behind a number", "without unit"),
        (
            "x > 3V",
            6,
            "`V` stands right behind the number 3",
            "without unit",
        ),
        ("2theta > 3", 2, "`t` stands right behind", "double quotes"),
        ("x > 3,5", 6, "`,` stands right behind", "3.5"),
        ("x > 1.2.3", 5, "`1.2.3` is no number", "3.5"),
        ("x > 1e999", 5, "1e999 is too large", "1.7e308"),
        ("x =< 3", 3, "`=<` is no comparison", "write <="),
        ("x <> 3", 3, "`<>` is no comparison", "write !="),
        ("x > y", 1, "two properties", "with a number"),
        ("1 > 2", 1, "two numbers", "with a number"),
        ("1 < x > 2", 7, "do not bound a range", "1 < PROPERTY < 2"),
        (
            "1 < x < y",
            9,
            "does not end in a number",
            "1 < PROPERTY < 2",
        ),
        (
            "x < 2 < 3",
            7,
            "one comparison too many",
            "join comparisons",
        ),
        (
            "1 < x < 2 < 3",
            11,
            "one comparison too many",
            "join comparisons",
        ),
        ("not x > 1", 1, "`not` is known before `has` only", ">="),
        ("has", 4, "lacks its element", "`has Co`"),
        ("has < 3", 5, "asks for an element", "double quotes"),
        (
            "has cobalt",
            5,
            "`cobalt` is no element's symbol",
            "`has Co`",
        ),
        ("has CO", 5, "`CO` is no element's symbol", "`has Co`"),
        ("has Xx", 5, "`Xx` is no element's symbol", "periodic table"),
        ("has Co has Ni", 8, "`has` stands where `and`", "join terms"),
        (
            "and x > 1",
            1,
            "`and` stands where a property",
            "PROPERTY < 2",
        ),
        ("\"x > 1", 1, "the quote \" is not closed", "end the name"),
        ("“x y” > 1", 1, "`“` is not known", "double quotes"),
        ("é > 1 & x > 2", 7, "`&` is not known", "`and`"),
        ("x # 1", 3, "`#` is not known", "double quotes"),
    ] {
        let error = error(text);
        assert_eq!(
            (error.position, error.text.as_str()),
            (position, text),
            "{error}"
        );
        assert!(error.problem.contains(problem), "{text}: {error}");
        assert!(error.remedy.contains(remedy), "{text}: {error}");
    }
}

#[test]
fn an_unknown_property_is_reported_where_it_first_stands() {
    let constraint = Constraint::parse("x > 1 and 2 < wolts < 3").expect("a constraint");
    let error = constraint.unknown_property(1, "did you mean `volts`?");
    assert_eq!(
        error.to_string(),
        "constraint `x > 1 and 2 < wolts < 3`, character 15: there is no property `wolts`; did you mean `volts`?"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_within_its_bounds(text in any::<String>()) {
        if let Err(error) = Constraint::parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.position));
        }
    }

    #[test]
    fn any_words_and_signs_are_read_or_refused_within_their_bounds(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "x", "\"a b\"", "1", "-2e3", "1e", "<", "<=", "=", "!", "and", "&&", "or", "not", "has", "Co", "(", "+", "≥", ".", "`", "é",
        ]), 0..12),
        spaced in any::<bool>(),
    ) {
        let text = words.join(if spaced { " " } else { "" });
        match Constraint::parse(&text) {
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.position)),
            Ok(constraint) => {
                let columns = vec![&[1.0, f64::NAN][..]; constraint.properties().len()];
                prop_assert_eq!(constraint.evaluate(2, &columns, |_| None).len(), 2);
            }
        }
    }
}
