//! Convex hulls.

words::texts! {
    HullWhat: "Type a system of two or three elements, such as Fe-N or Li-Fe-O, or take the elements of the selected candidate.", "Fe-N や Li-Fe-O のように2〜3元素の系を入力するか、選択中の候補の元素を使ってください。";
    HullSystem: "Chemical system", "化学系";
    HullSystemHint: "Li-Fe-O", "Li-Fe-O";
    HullShow: "Show", "表示";
    HullOfSelected: "Of the selected candidate", "選択中の候補から";
    HullOfElements: "Of the periodic table", "周期表から";
    HullNamed: "Convex hull of {}", "{}の凸包";
    HullParts: "These parts of it can be drawn:", "次の部分系は描画できます:";
    HullPart: "{} ({} phases, {} compounds)", "{}({}相、化合物{})";
    HullLimit: "Drawn up to, above the hull", "描画する凸包からの上限";
    ExportHull: "Export hull…", "凸包を書き出す…";
    LegendHull: "● bundled phase (orange: stable)  ▲ candidate", "● 付属の相(オレンジ: 安定)  ▲ 候補";
    HullFraction: "atomic fraction of {}", "{}の原子分率";
    HullFormation: "formation energy [eV/atom]", "生成エネルギー [eV/atom]";
    HullAbove: "energy above hull [eV/atom]", "凸包からのエネルギー [eV/atom]";
    HullName: "Convex hull of {}: {} phases, {} of them stable, {} candidates", "{}の凸包: {}相(うち安定{})、候補{}件";
    HullCaption: "{}: relative to {} bundled phases, {} of them stable; energies by {}", "{}: 付属の{}相(うち安定{})に対する値。エネルギーは{}による";
    HullBare: "Not covered: no compound of {} alone is bundled, so that only others compete there.", "対象外: {}だけからなる付属の化合物がなく、そこでは他の相のみと比較されます。";
    HullHidden: "{} more than {} eV/atom above the hull are not drawn.", "{}件は凸包から{} eV/atomを超えるため描画していません。";
    HullTrust: "Formation energies: ± {} eV/atom (root mean square against {} measured ones). A phase that is not bundled may lie lower.", "生成エネルギー: ± {} eV/atom(実測{}件に対する二乗平均平方根誤差)。付属しない相がより低いことがあります。";
    HullCandidates: "{} candidates in view lie in this system; for {} of them the energy is known.", "表示中の候補のうち{}件がこの系にあり、{}件のエネルギーが既知です。";
    HullAsk: "Rank by energy above hull", "凸包からのエネルギーで順位付け";
    HullAskHelp: "Adds an objective, for which the potential relaxes every structure: seconds each. Candidates need structures.", "目標を追加し、各構造をポテンシャルで緩和します(1件数秒)。候補には構造が必要です。";
    HullKeys: "Point at a phase, or walk the phases by the arrow keys; a click selects a candidate, a rectangle several.", "相を指すか、矢印キーで順に移動。クリックで候補を、囲んで複数を選択。";
    HullFormationOf: "formation energy {} eV/atom", "生成エネルギー {} eV/atom";
    HullAboveOf: "{} eV/atom above the hull", "凸包から {} eV/atom";
    HullStable: "stable", "安定";
    HullNotCovered: "not covered: phases are lacking here", "対象外: 比較する相が不足";
    HullFallsInto: "falls into {}", "{} に分解";
    HullPhaseOf: "bundled phase {}, space group {}", "付属の相 {}、空間群{}";
    HullPhase: "bundled phase {}", "付属の相 {}";
    HullRow: "candidate, row {}", "候補、{}行目";
    HullTable: "All {} points as a table", "全{}点を表で見る";
    HullDecomposition: "falls into", "分解先";
    HullSource: "source", "出典";
    HullFormula: "formula", "化学式";
    HullSomewhere: "Convex hull of a chemical system", "化学系の凸包を描く";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        let same = ["HullSystemHint"];
        assert_eq!(words::faults(Text::TABLE, &same), [""; 0]);
    }
}
