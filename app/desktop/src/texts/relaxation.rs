//! Relaxations and trajectories.

words::texts! {
    // The run.
    Relax: "Relax the selected structure", "選択した構造を緩和";
    RelaxShort: "Relax", "緩和";
    RelaxHelp: "Moves atoms and cell to the nearest minimum of the potential's energy. No candidate changes; undo has nothing to take back.", "ポテンシャルエネルギーの最も近い極小へ原子と格子を動かします。候補は変わらず、元に戻す操作の対象にもなりません。";
    Stop: "Stop", "停止";
    StopRelaxation: "Stop the relaxation", "緩和を停止";
    Running: "Step {}", "ステップ {}";
    Beginning: "Beginning…", "開始中…";
    NothingToRelax: "Select a candidate that has a structure, or open a trajectory.", "構造のある候補を選ぶか、軌跡を開いてください。";
    Candidate: "Candidate: {}", "候補: {}";

    // Settings.
    Settings: "Settings", "設定";
    Weights: "Weights", "重み";
    WeightsPbe: "CHGNet 0.3.0 (PBE, PBE+U)", "CHGNet 0.3.0(PBE、PBE+U)";
    WeightsR2scan: "CHGNet (r2SCAN)", "CHGNet(r2SCAN)";
    WeightsHelp: "Energies of different weights have different zeros and are never compared.", "重みが異なるエネルギーは原点が異なり、比較できません。";
    Method: "Method", "手法";
    ForceLimit: "Largest force", "最大の力";
    StressLimit: "Largest stress", "最大の応力";
    Pressure: "Pressure from outside", "外圧";
    Steps: "Steps at most", "最大ステップ数";
    StepsHelp: "0: the structure is predicted as it is.", "0: 構造を動かさずに予測します。";
    Cell: "Relax the cell, too", "格子も緩和";
    Symmetry: "Keep the symmetry (within {} Å)", "対称性を保つ({} Å 以内)";
    Trust: "{}: {}. Typical errors: {} eV/atom, {} eV/Å, {} GPa, {} µB.", "{}: {}。典型的な誤差: {} eV/atom、{} eV/Å、{} GPa、{} µB。";

    // How it ended.
    EndConverged: "Converged after {} steps.", "{} ステップで収束しました。";
    EndSpent: "Not converged: all {} steps were taken; give more, or a looser limit.", "収束せず: {} ステップをすべて使いました。ステップ数を増やすか、限度を緩めてください。";
    EndExploded: "Exploded after {} steps: the cell has {} times the volume of the start; the start is far from any crystal.", "{} ステップで発散: 格子の体積が初めの {} 倍です。初期構造が結晶からかけ離れています。";
    EndCollapsed: "Collapsed after {} steps: the cell has {} of the volume of the start, or two atoms fell together; the start is far from any crystal.", "{} ステップで崩壊: 格子の体積が初めの {} 倍か、原子が重なりました。初期構造が結晶からかけ離れています。";
    EndStopped: "Stopped; what was reached is kept.", "停止しました。到達した構造は残っています。";
    EndRefused: "Refused: {}", "拒否: {}";
    Change: "Energy {} eV/atom, volume {} % against the start.", "初めに対して、エネルギー {} eV/atom、体積 {} %。";

    // Playing.
    OpenTrajectory: "Open a trajectory…", "軌跡を開く…";
    OpenTrajectoryHelp: "An extended XYZ of frames; energies and forces are shown where it states them.", "フレームを並べた拡張XYZ。記載があればエネルギーと力も表示します。";
    OfferTrajectory: "This file holds {} frames of one structure.", "このファイルは1つの構造の {} フレームです。";
    PlayOffer: "Play them", "再生する";
    FileOf: "{}: {} frames, model {}", "{}: {} フレーム、モデル {}";
    ModelUnknown: "not stated", "記載なし";
    Play: "Play", "再生";
    PlayTrajectory: "Play the trajectory", "軌跡を再生";
    Pause: "Pause", "一時停止";
    PauseTrajectory: "Pause the trajectory", "軌跡を一時停止";
    First: "First", "最初";
    Previous: "Back", "戻る";
    Next: "Forward", "進む";
    Last: "Last", "最後";
    FrameFirst: "First structure of the trajectory", "軌跡の最初の構造";
    FramePrevious: "Previous structure of the trajectory", "軌跡の前の構造";
    FrameNext: "Next structure of the trajectory", "軌跡の次の構造";
    FrameLast: "Last structure of the trajectory", "軌跡の最後の構造";
    Frame: "Structure shown", "表示する構造";
    Rate: "Structures a second", "毎秒の構造数";
    Repeat: "Repeat", "繰り返す";
    Shown: "In the structure view", "構造表示に反映";
    ShowTrajectory: "Show the trajectory in the structure view", "構造表示に軌跡を表示";
    ShowCandidate: "Show the candidate's own structure again", "候補自身の構造に戻す";
    Moments: "Moments as arrows", "モーメントを矢印で";
    ShowMoments: "Show magnetic moments as arrows", "磁気モーメントを矢印で表示";
    HideMoments: "Hide magnetic moments", "磁気モーメントを隠す";
    MomentSizes: "The model gives magnitudes of moments; directions are not predicted.", "モデルはモーメントの大きさのみを与え、向きは予測しません。";
    Thinned: "Every {}th step is kept for playing, to stay within {} MiB; the figures are those of all steps.", "{} ステップごとに再生用に保存します({} MiB 以内)。数値は全ステップ分です。";

    // Figures.
    FigureStep: "Step", "ステップ";
    FigureEnergy: "Energy", "エネルギー";
    FigureForce: "Largest force", "最大の力";
    FigurePressure: "Pressure", "圧力";
    FigureStress: "Largest stress", "最大の応力";
    FigureVolume: "Volume", "体積";
    FigureMoment: "Moments, sum of sizes", "モーメント(大きさの和)";
    EnergyPlot: "Energy over the steps: {} steps, now {} eV/atom", "ステップごとのエネルギー: {} ステップ、現在 {} eV/atom";
    ForcePlot: "Largest force over the steps: {} steps, now {} eV/Å", "ステップごとの最大の力: {} ステップ、現在 {} eV/Å";
    PlotHelp: "Click to see the structure of a step.", "クリックでそのステップの構造を表示します。";
    ExportPlot: "Export the plots…", "図を書き出す…";
    ExportRelaxationPlot: "Export the plots of the relaxation…", "緩和の図を書き出す…";
    SaveRelaxed: "Save this structure…", "この構造を保存…";
    SaveTrajectory: "Save the trajectory…", "軌跡を保存…";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        assert_eq!(words::faults(Text::TABLE, &[]), [""; 0]);
    }
}
