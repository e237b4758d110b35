//! What people write, with values worked out by hand: the conventions are in the module's text.

use matter::formula::{FormulaErrorKind as Kind, looks_like_formula, parse};

/// Elements and amounts as `Symbol:amount`, by atomic number.
fn read(text: &str) -> (String, f64) {
    let parsed = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let parts: Vec<String> = parsed
        .composition
        .as_ref()
        .iter()
        .map(|(e, x)| format!("{e}:{}", (x * 1e9).round() / 1e9))
        .collect();
    (parts.join(" "), parsed.charge)
}

fn same(texts: &[&str], amounts: &str, charge: f64) {
    for text in texts {
        assert_eq!(read(text), (amounts.into(), charge), "{text}");
    }
}

fn refused(text: &str) -> (usize, Kind) {
    let error = parse(text).expect_err(text);
    assert_eq!(text[..error.byte].chars().count() + 1, error.column);
    (error.column, error.kind)
}

#[test]
fn hydrates_are_read_however_the_dot_is_written() {
    let dots = [
        "CuSO4·5H2O",
        "CuSO4*5H2O",
        "CuSO4.5H2O",
        "CuSO4•5H2O",
        "CuSO4⋅5H2O",
        "CuSO4∙5H2O",
        "CuSO4 · 5H2O",
        "CuSO4・5H2O",
    ];
    same(&dots, "H:10 O:9 S:1 Cu:1", 0.0);
    same(
        &[
            "CuSO4.5(H2O)",
            "CuSO4·5(H2O)",
            "CuSO4(H2O)5",
            "CuSO₄·5H₂O",
            "ＣｕＳＯ４・５Ｈ２Ｏ",
        ],
        "H:10 O:9 S:1 Cu:1",
        0.0,
    );
    same(&["LiOH.H2O", "LiOH·H2O"], "H:3 Li:1 O:2", 0.0);
    same(&["NiCl2.6H2O", "NiCl2·6H2O"], "H:12 O:6 Cl:2 Ni:1", 0.0);
    same(&["NaBr.2H2O"], "H:4 O:2 Na:1 Br:1", 0.0);
    same(
        &[
            "CaSO4.0.5H2O",
            "CaSO4·0.5H2O",
            "CaSO4·1/2H2O",
            "CaSO4.1/2H2O",
            "CaSO4·½H2O",
            "CaSO4·.5H2O",
        ],
        "H:1 O:4.5 S:1 Ca:1",
        0.0,
    );
    same(
        &["Fe(NO3)3.9H2O", "Fe(NO3)3·9H2O"],
        "H:18 N:3 O:18 Fe:1",
        0.0,
    );
    same(&["(NH4)2Fe(SO4)2.6H2O"], "H:20 N:2 O:14 S:2 Fe:1", 0.0);
    same(&["Na0.3CoO2.1.3H2O"], "H:2.6 O:3.3 Na:0.3 Co:1", 0.0);
    same(&["Mg5(CO3)4(OH)2.4H2O"], "H:10 C:4 O:18 Mg:5", 0.0);
}

#[test]
fn a_number_before_a_part_is_its_own() {
    same(&["2H2O"], "H:4 O:2", 0.0);
    same(&["3CaO·Al2O3", "3CaO*Al2O3"], "O:6 Al:2 Ca:3", 0.0);
    same(&["3CaO·2SiO2·3H2O"], "H:6 O:10 Si:2 Ca:3", 0.0);
    same(&["Al2(SO4)3·K2SO4·24H2O"], "H:48 O:40 Al:2 S:4 K:2", 0.0);
    same(
        &[
            "0.5Li2MnO3·0.5LiMn0.5Ni0.5O2",
            "0.5Li2MnO3.0.5LiMn0.5Ni0.5O2",
        ],
        "Li:1.5 O:2.5 Mn:0.75 Ni:0.25",
        0.0,
    );
}

#[test]
fn a_dot_with_digits_is_a_decimal_point_elsewhere() {
    same(
        &[
            "Li0.5CoO2",
            "Li.5CoO2",
            "Li1/2CoO2",
            "Li½CoO2",
            "Li5e-1CoO2",
        ],
        "Li:0.5 O:2 Co:1",
        0.0,
    );
    same(
        &["LiNi.8Co.2O2", "LiNi0.8Co0.2O2", "LiNi4/5Co1/5O2"],
        "Li:1 O:2 Co:0.2 Ni:0.8",
        0.0,
    );
    same(
        &["LaO0.9F0.1FeAs", "LaO.9F.1FeAs"],
        "O:0.9 F:0.1 Fe:1 As:1 La:1",
        0.0,
    );
    same(&["Li0.5H2O"], "H:2 Li:0.5 O:1", 0.0);
    same(&["La1.85Sr0.15CuO4.1"], "O:4.1 Cu:1 Sr:0.15 La:1.85", 0.0);
    same(&["Al2O3.2 SiO2"], "O:5.2 Al:2 Si:1", 0.0);
}

#[test]
fn a_dot_that_can_be_both_is_refused() {
    assert_eq!(refused("Al2O3.2SiO2"), (6, Kind::AmbiguousDot));
    assert_eq!(refused("Al2O3.2SiO2.2H2O"), (6, Kind::AmbiguousDot));
    assert_eq!(refused("3CaO.2SiO2"), (5, Kind::AmbiguousDot));
    assert_eq!(refused("MnO3.1.5LiO"), (5, Kind::AmbiguousDot));
}

#[test]
fn charges_are_read_apart_from_amounts() {
    let sulphate = [
        "SO4^2-",
        "SO4 2-",
        "SO4-2",
        "SO4--",
        "SO4²⁻",
        "SO₄²⁻",
        "SO4^{2-}",
        "$SO_4^{2-}$",
        "(SO4)2-",
        "SO4(2-)",
        "SO4[2-]",
        "SO 4 2-",
        "SO4^-2",
        "SO4 −2",
        "SO<sub>4</sub><sup>2-</sup>",
    ];
    same(&sulphate, "O:4 S:1", -2.0);
    same(
        &[
            "Fe3+", "Fe+3", "Fe^3+", "Fe 3+", "Fe+++", "Fe[3+]", "Fe³⁺", "[Fe]3+", "Fe(3+)",
        ],
        "Fe:1",
        3.0,
    );
    same(
        &[
            "NH4+", "NH4^+", "NH₄⁺", "[NH4]+", "NH4 +", "NH4+1", "NH4 1+",
        ],
        "H:4 N:1",
        1.0,
    );
    same(
        &["[Fe(CN)6]4-", "[Fe(CN)6]^4-", "[Fe(CN)6]-4", "Fe(CN)6^4-"],
        "C:6 N:6 Fe:1",
        -4.0,
    );
    same(&["MnO4-"], "O:4 Mn:1", -1.0);
    same(&["Na+"], "Na:1", 1.0);
    same(&["O2-"], "O:1", -2.0);
    same(&["I3^-"], "I:3", -1.0);
    same(&["2Fe3+"], "Fe:2", 6.0);
    same(&["[Cr(H2O)6]3+·3Cl-"], "H:12 O:6 Cl:3 Cr:1", 0.0);
    same(&["Li0.5CoO2.5-"], "Li:0.5 O:2.5 Co:1", -1.0);
    assert_eq!(refused("SO42-"), (3, Kind::AmbiguousCharge));
    assert_eq!(refused("Fe2.5+"), (3, Kind::AmbiguousCharge));
    assert_eq!(refused("Fe 2.5+"), (4, Kind::AmbiguousCharge));
    assert_eq!(refused("Fe5/2+"), (3, Kind::AmbiguousCharge));
    same(&["Fe2.5^3+"], "Fe:2.5", 3.0);
    assert_eq!(refused("Na+Cl-"), (3, Kind::MisplacedCharge));
    assert_eq!(refused("SO4^2"), (4, Kind::MisplacedCharge));
    assert_eq!(refused("SO4^0-"), (4, Kind::MisplacedCharge));
    assert_eq!(refused("[Fe(CN)6]400-"), (10, Kind::MisplacedCharge));
    assert_eq!(refused("Nd-Fe-B"), (3, Kind::MisplacedCharge));
    assert_eq!(refused("(SO4 2-)2"), (6, Kind::NumberAfterNumber));
    assert_eq!(refused("¹⁸O2"), (1, Kind::MassNumber));
}

#[test]
fn typeset_text_is_read() {
    same(
        &[
            "Fe₂O₃",
            "Fe_2O_3",
            "Fe_{2}O_{3}",
            "$Fe_2O_3$",
            "Fe<sub>2</sub>O<sub>3</sub>",
            "Ｆｅ２Ｏ３",
            "Fe 2 O 3",
            "Fe2\u{a0}O3",
            "\u{feff}Fe2O3\r\n",
            "Fe₂\u{200b}O₃",
        ],
        "O:3 Fe:2",
        0.0,
    );
    same(
        &["LiFePO 4", "LiFePO4 ", "Li Fe P O4"],
        "Li:1 O:4 P:1 Fe:1",
        0.0,
    );
    same(&["D2O", "T2O", "HDO"], "H:2 O:1", 0.0);
}

#[test]
fn variables_are_named() {
    let variable = |name: &str| Kind::Variable(name.into());
    assert_eq!(refused("Li1-xCoO2"), (5, variable("x")));
    assert_eq!(refused("LixCoO2"), (3, variable("x")));
    assert_eq!(refused("NaxMO2"), (3, variable("x")));
    assert_eq!(refused("LaNiO3-δ"), (8, variable("δ")));
    assert_eq!(refused("LaNiO3−δ"), (8, variable("δ")));
    assert_eq!(refused("La2NiO4+d"), (9, variable("d")));
    assert_eq!(refused("Li(1-x)CoO2"), (6, variable("x")));
    assert_eq!(refused("LiₓCoO₂").1, variable("ₓ"));
    assert_eq!(refused("YBa2Cu3O7-delta"), (11, variable("delta")));
    let placeholder = |symbol: &str, suggestion| Kind::Placeholder {
        symbol: symbol.into(),
        suggestion,
    };
    assert_eq!(refused("MO2"), (1, placeholder("M", Some("Mo"))));
    assert_eq!(refused("LnCoO3"), (1, placeholder("Ln", None)));
    assert_eq!(refused("X2O3"), (1, placeholder("X", None)));
    let message = parse("Li1-xCoO2").unwrap_err().to_string();
    assert_eq!(
        message,
        "column 5: `x` is a variable, or not part of a symbol; put a number in its place, as in Li0.5CoO2"
    );
}

#[test]
fn unknown_symbols_get_a_suggestion() {
    let unknown = |symbol: &str, suggestion| Kind::UnknownSymbol {
        symbol: symbol.into(),
        suggestion: Some(suggestion),
    };
    assert_eq!(refused("LICOO2"), (1, unknown("LI", "Li")));
    assert_eq!(refused("fe2O3"), (1, unknown("fe", "Fe")));
    assert_eq!(refused("AI2O3"), (1, unknown("AI", "Al")));
    assert_eq!(refused("AL2O3"), (1, unknown("AL", "Al")));
    assert_eq!(refused("Iron"), (3, unknown("Iron", "Fe")));
    assert_eq!(refused("silicon"), (1, unknown("silicon", "Si")));
}

#[test]
fn amounts_that_are_none_are_refused_where_they_stand() {
    assert_eq!(refused("LiNi0.8Co0O2"), (10, Kind::ZeroAmount));
    assert_eq!(refused("Li0.0CoO2"), (3, Kind::ZeroAmount));
    assert_eq!(refused("0LiCoO2"), (1, Kind::ZeroAmount));
    assert_eq!(refused("(CoO)0Li"), (6, Kind::ZeroAmount));
    assert_eq!(refused("Li0/2O"), (3, Kind::ZeroAmount));
    assert_eq!(refused("Li1/0O"), (3, Kind::AmountOutOfRange));
    assert_eq!(refused("Li-1CoO2"), (3, Kind::NegativeAmount));
    assert_eq!(refused("-2LiCoO2"), (1, Kind::NegativeAmount));
    assert_eq!(refused("Li1-0.5CoO2"), (4, Kind::Arithmetic));
    assert_eq!(refused("Li1e999O2"), (3, Kind::AmountOutOfRange));
    assert_eq!(refused("Li1e12O2").1, Kind::AmountOutOfRange);
    assert_eq!(
        refused(&format!("Li{}O2", "9".repeat(400))).1,
        Kind::AmountOutOfRange
    );
    assert_eq!(refused("CaSO4 2H2O"), (7, Kind::NumberAfterNumber));
}

#[test]
fn brackets_must_match() {
    assert_eq!(refused("Ca(OH"), (3, Kind::UnclosedBracket('(')));
    assert_eq!(refused("CaOH)2"), (5, Kind::UnopenedBracket(')')));
    assert_eq!(
        refused("K4[Fe(CN]6)"),
        (
            9,
            Kind::MismatchedBracket {
                open: '(',
                close: ']'
            }
        )
    );
    assert_eq!(refused("Ca()2"), (3, Kind::EmptyBracket));
    assert_eq!(refused("(CuSO4·5H2O)2"), (7, Kind::AdductInBrackets));
    assert_eq!(
        refused(&format!("{}Li{}", "(".repeat(33), ")".repeat(33))),
        (33, Kind::TooDeep)
    );
    same(
        &[&format!("{}Li{}", "(".repeat(32), ")".repeat(32))],
        "Li:1",
        0.0,
    );
}

#[test]
fn what_is_no_formula_says_why() {
    assert_eq!(refused(""), (1, Kind::Empty));
    assert_eq!(refused(" \t "), (1, Kind::Empty));
    assert_eq!(refused("5"), (2, Kind::EmptyPart));
    assert_eq!(refused("CuSO4·"), (7, Kind::EmptyPart));
    assert_eq!(refused("CuSO4··H2O"), (7, Kind::EmptyPart));
    assert_eq!(refused("Fe(III)Cl3"), (3, Kind::OxidationNumber));
    assert_eq!(refused("NaCl(aq)"), (5, Kind::PhaseLabel));
    assert_eq!(refused("LiFePO4/C"), (8, Kind::UnexpectedCharacter('/')));
    assert_eq!(
        refused("Li0.5□0.5CoO2"),
        (6, Kind::UnexpectedCharacter('□'))
    );
    assert_eq!(refused("α-Fe2O3"), (1, Kind::UnexpectedCharacter('α')));
    assert_eq!(refused("Fe2O3 😀"), (7, Kind::UnexpectedCharacter('😀')));
    assert_eq!(refused("Fe2\0O3"), (4, Kind::UnexpectedCharacter('\0')));
    assert_eq!(refused(&"Li".repeat(1025)).1, Kind::TooLong);
    assert_eq!(refused(&"é".repeat(1025)).1, Kind::TooLong);
}

#[test]
fn iodine_and_vanadium_in_brackets_with_an_amount_are_no_oxidation_numbers() {
    same(&["Pb(I)2"], "I:2 Pb:1", 0.0);
}

#[test]
fn columns_of_formulas_are_told_from_words_and_codes() {
    for text in [
        "LiCoO2",
        "Fe",
        "NaCl",
        "CuSO4·5H2O",
        "La0.7Sr0.3MnO3",
        "Fe₂O₃",
    ] {
        assert!(looks_like_formula(text), "{text}");
    }
    for text in [
        "", "No", "Yes", "In", "C3", "P1", "12", "3.5", "sample 4", "Pnma", "2H", "mp-149",
    ] {
        assert!(!looks_like_formula(text), "{text}");
    }
}
