//! The texts of the structure view, in English and Japanese.

words::texts! {
    Drawing: "Drawing", "描画";
    BallAndStick: "Ball and stick", "球棒";
    SpaceFilling: "Space filling", "空間充填";
    Polyhedra: "Polyhedra", "多面体";
    Sticks: "Sticks", "棒";
    Colours: "Colours", "配色";
    ColourBlindSafe: "Colour-blind safe", "色覚対応";
    Boundary: "Boundary", "境界";
    BoundaryCell: "Cell only", "単位胞のみ";
    BoundaryFaces: "Atoms on faces repeated", "面上の原子を補う";
    BoundaryBonded: "Coordination completed", "配位を補う";
    View: "View along", "視線方向";
    Fit: "Fit", "全体表示";
    Perspective: "Perspective", "透視投影";
    Options: "Options", "設定";
    Symmetry: "Symmetry", "対称性";
    Export: "Export", "書き出し";
    Repeat: "Cells along", "くり返し";
    Labels: "Labels", "ラベル";
    LabelsNone: "None", "なし";
    LabelsElements: "Elements", "元素";
    LabelsSites: "Site names", "サイト名";
    CellEdges: "Cell edges", "単位胞の辺";
    BallSize: "Size of balls", "球の大きさ";
    StickRadius: "Radius of bonds [Å]", "結合の半径 [Å]";
    DepthCueing: "Depth cueing", "奥行き表現";
    Tolerance: "Bond tolerance (× sum of radii)", "結合の許容値（半径和の倍数）";
    Cutoffs: "Bond cutoffs [Å]", "結合の打ち切り距離 [Å]";
    Automatic: "automatic", "自動";
    Shown: "Shown elements", "表示する元素";
    PolyhedraOf: "Polyhedra of", "多面体の中心";
    Planes: "Lattice planes", "格子面";
    AddPlane: "Add plane", "面を追加";
    PlaneOutside: "does not cut the cells shown", "表示中の単位胞と交わりません";
    Remove: "Remove", "削除";
    Offset: "distance / d", "距離 / d";
    Reset: "Reset", "初期値に戻す";
    Width: "Width [px]", "幅 [px]";
    Height: "Height [px]", "高さ [px]";
    Transparent: "Transparent background", "背景を透明にする";
    Legend: "Legend", "凡例";
    Axes: "Axes", "軸";
    SavePng: "Save as PNG…", "PNGで保存…";
    SaveSvg: "Save as SVG…", "SVGで保存…";
    SpaceGroup: "Space group", "空間群";
    PointGroup: "Point group", "点群";
    CrystalSystem: "Crystal system", "結晶系";
    Site: "Site", "サイト";
    Species: "Species", "元素";
    Wyckoff: "Wyckoff", "ワイコフ";
    SiteSymmetry: "Site symmetry", "席対称性";
    Position: "x y z", "x y z";
    Searching: "Searching…", "検索中…";
    Building: "Preparing…", "準備中…";
    Distance: "Distance", "距離";
    Angle: "Angle", "角度";
    Dihedral: "Dihedral", "二面角";
    Clear: "Clear", "解除";
    PickHint: "Click atoms to measure: two a distance, three an angle, four a dihedral", "原子をクリックして測定（2個: 距離、3個: 角度、4個: 二面角）";
    Moments: "Magnetic moments", "磁気モーメント";
    MomentArrows: "As arrows", "矢印で表示";
    MomentLength: "Length [Å/µB]", "長さ [Å/µB]";
    MomentDirection: "Along", "方向";
    MomentColours: "Coloured by", "色分け";
    MomentSign: "Sign", "符号";
    MomentSize: "Size", "大きさ";
    MomentSizes: "Moments: the model gives magnitudes; directions are not predicted.", "磁気モーメント：モデルは大きさのみを与え、向きは予測しません。";
    MomentsAsStated: "Moments: as the file states them, along one axis.", "磁気モーメント：ファイルの値（1つの軸に沿う）。";
    MomentsSmall: "Moments: all below 0.05 µB.", "磁気モーメント：すべて 0.05 µB 未満。";
    MomentsUnknown: "Moments: none stated; a relaxation gives them.", "磁気モーメント：記載なし（緩和計算で得られます）。";
    View3d: "Structure view", "構造の表示";
    Atoms: "atoms", "個の原子";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        assert_eq!(words::faults(Text::TABLE, &["Position"]), [""; 0]);
    }
}
