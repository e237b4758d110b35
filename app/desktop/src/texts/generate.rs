//! Candidates out of structure types, and their parents.

use workbench::{Measure, Rejection};

words::texts! {
    GenerateSomewhere: "New candidates from structure types", "構造型から候補を生成";
    GenerateWhat: "Structure types with other elements in them, where charges, sizes and likeness suit; each with its parent and the probability of the substitution.", "構造型の元素を、電荷・大きさ・類似性の合う元素で置き換えます。各候補に親構造と置換の確率が付きます。";
    GenerateParents: "Parents", "親構造";
    GenerateAll: "All structure types", "すべての構造型";
    GenerateSelected: "The selected candidate, {}", "選択中の候補 {}";
    GenerateSearch: "Search structure types", "構造型を検索";
    GenerateSearchHint: "name, formula, mineral", "名称・化学式・鉱物名";
    GenerateChosen: "{} of {} chosen", "{} / {} を選択";
    GenerateNone: "None", "解除";
    GenerateType: "{}  {}  {}, {} sites", "{}  {}  {}、{}サイト";
    GenerateElements: "Elements", "元素";
    GenerateAllowed: "May occur", "使用可";
    GenerateAllowedHint: "all usual ones; Fe, Co, 3d, rare-earths", "通常の全元素; Fe, Co, 3d, rare-earths";
    GenerateExcluded: "Must not occur", "使用不可";
    GenerateExcludedHint: "critical, Pb", "critical, Pb";
    GenerateAnions: "As anion", "陰イオン";
    GenerateAnionsHint: "any that may occur; O, F", "使用可の元素; O, F";
    GenerateRules: "May replace", "置換規則";
    GenerateRulesHint: "Fe=Mn,Co; Li=any", "Fe=Mn,Co; Li=any";
    GenerateMost: "Candidates at most", "候補数の上限";
    GenerateProbability: "Probability at least", "確率の下限";
    GenerateProbabilityHelp: "Product over the sublattices of the probability that one element replaces another there: ions by how often they do in known compounds, metals by Pettifor's scale. The two are not comparable.", "各副格子で元素が置き換わる確率の積。イオンは既知化合物での頻度、金属はペティフォー尺度による。両者は比較できません。";
    GenerateMore: "More limits", "その他の制限";
    GenerateSites: "Sites of a primitive cell at most", "基本単位胞のサイト数の上限";
    GenerateBonds: "Mismatch of bonds, as a logarithm (with an anion)", "結合長のずれ(対数、陰イオンあり)";
    GenerateRadii: "Mismatch of radii, as a logarithm (metals)", "半径のずれ(対数、金属)";
    GeneratePettifor: "Distance on Pettifor's scale (metals)", "ペティフォー尺度の距離(金属)";
    GenerateMake: "Make candidates", "候補を生成";
    GenerateChoose: "Choose a structure type first.", "先に構造型を選んでください。";
    GenerateFound: "{} candidates of {} combinations of elements, {} of them known", "候補{}件、元素の組合せ{}通りから(うち既知{}件)";
    GenerateLeftOut: "{} is left out: {}", "{}は除外: {}";
    GenerateRejected: "Why the others are none", "候補にならない理由";
    WhyUnlikely: "less probable than asked", "確率が下限未満";
    WhyRepeated: "one element on two sublattices", "同じ元素が2つの副格子を占める";
    WhyCharge: "charges do not balance", "電荷が釣り合わない";
    WhyRareState: "charges balance only with rare oxidation states", "まれな酸化数でしか電荷が釣り合わない";
    WhySign: "an ion of the other sign than the prototype's", "構造型とイオンの符号が異なる";
    WhyElectronegativity: "a cation as electronegative as an anion", "陽イオンの電気陰性度が陰イオン並み";
    WhySize: "sizes do not suit one another", "大きさが合わない";
    WhyPettifor: "too far on Pettifor's scale", "ペティフォー尺度で遠すぎる";
    WhyUnknown: "a radius or electronegativity is not known", "半径または電気陰性度が不明";
    WhyDuplicate: "the same crystal as a likelier candidate", "より確からしい候補と同じ結晶";
    WhyMost: "likelier candidates are as many as asked", "より確からしい候補が上限数に達した";
    MeasureIons: "ions", "イオン";
    MeasureMetals: "metals", "金属";
    GenerateFolder: "Folder for the structures", "構造の保存先フォルダー";
    GenerateScreen: "Screen them", "候補として開く";
    GenerateScreenHelp: "Writes their structures and a table into this folder and opens it.", "構造と表をこのフォルダーに書き出して開きます。";
    GenerateElsewhere: "Into another folder…", "別のフォルダーへ…";
    GenerateParent: "parent", "親構造";
    GenerateSubstitution: "substitution", "置換";
    GenerateLikely: "probability", "確率";
    GenerateGroup: "space group", "空間群";
    GenerateKnown: "known as", "既知の構造";
    ParentNamed: "Show the parent {} ({}) of {}", "親構造 {}({})を表示、{}の親";
    ParentIs: "From {} ({}) by {}", "{}({})から {}";
    ParentLikely: "probability {} ({})", "確率 {}({})";
    ParentShown: "Parent: {} ({}), {}", "親構造: {}({})、{}";
    ShowParent: "Show the parent", "親構造を表示";
    ShowCandidate: "Show the candidate again", "候補の構造に戻る";
}

/// Why a combination of elements is no candidate.
pub fn reason(why: Rejection) -> Text {
    match why {
        Rejection::Unlikely => Text::WhyUnlikely,
        Rejection::Repeated => Text::WhyRepeated,
        Rejection::Charge => Text::WhyCharge,
        Rejection::RareState => Text::WhyRareState,
        Rejection::Sign => Text::WhySign,
        Rejection::Electronegativity => Text::WhyElectronegativity,
        Rejection::Size => Text::WhySize,
        Rejection::Pettifor => Text::WhyPettifor,
        Rejection::Unknown => Text::WhyUnknown,
        Rejection::Duplicate => Text::WhyDuplicate,
        Rejection::Most => Text::WhyMost,
    }
}

/// What a probability rests on.
pub fn measure(measure: Measure) -> Text {
    match measure {
        Measure::Ions => Text::MeasureIons,
        Measure::Metals => Text::MeasureMetals,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        let same = ["GenerateRulesHint", "GenerateExcludedHint"];
        assert_eq!(words::faults(Text::TABLE, &same), [""; 0]);
    }

    #[test]
    fn reasons_are_those_of_the_command_line() {
        for why in Rejection::ALL {
            assert_eq!(reason(why).get(words::Language::English), why.reason());
        }
        for of in [Measure::Ions, Measure::Metals] {
            assert_eq!(measure(of).get(words::Language::English), of.to_string());
        }
    }
}
