//! Every text of the window, in English and Japanese; parts that have many have a list of their own. Panels hold no texts. `{}` stands for what is filled in.

pub mod campaign;
pub mod generate;
pub mod hull;
pub mod relaxation;

use std::fmt::Display;
use words::Language;

/// A text of any part of the window.
pub trait Said: Copy {
    /// In a language.
    fn said(self, language: Language) -> &'static str;
}

macro_rules! said {
    ($($text:ty),*) => {$(
        impl Said for $text {
            fn said(self, language: Language) -> &'static str {
                self.get(language)
            }
        }
    )*};
}

said!(
    Text,
    campaign::Text,
    generate::Text,
    hull::Text,
    relaxation::Text
);

/// The texts in the language that is chosen.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Language);

impl Words {
    /// The text as it is.
    pub fn get(self, text: impl Said) -> &'static str {
        text.said(self.0)
    }

    /// The text with its gaps filled, in their order.
    pub fn fill(self, text: impl Said, values: &[&dyn Display]) -> String {
        words::fill(self.get(text), values)
    }
}

words::texts! {
    // The window.
    ProgramName: "Lodestone", "Lodestone";
    WindowTitle: "{} – Lodestone", "{} – Lodestone";
    MenuFile: "File", "ファイル";
    MenuEdit: "Edit", "編集";
    MenuView: "View", "表示";
    Palette: "Commands", "コマンド";
    PaletteHint: "Type a command", "コマンドを入力";
    PaletteKeys: "Ctrl+K", "Ctrl+K";
    KeysOpen: "Ctrl+O", "Ctrl+O";
    KeysSave: "Ctrl+S", "Ctrl+S";
    KeysSaveAs: "Ctrl+Shift+S", "Ctrl+Shift+S";
    KeysUndo: "Ctrl+Z", "Ctrl+Z";
    KeysRedo: "Ctrl+Shift+Z", "Ctrl+Shift+Z";
    KeysCopy: "Ctrl+C", "Ctrl+C";
    KeysSelectAll: "Ctrl+A", "Ctrl+A";
    Quit: "Quit", "終了";
    Unsaved: "(not saved)", "(未保存)";
    OpenNamed: "Open challenge: {}", "例題を開く: {}";
    OpenRecent: "Open {}", "{}を開く";
    ShowNamed: "Show {}", "{}を表示";
    Save: "Save", "保存";
    SaveAs: "Save as…", "名前を付けて保存…";
    CloseProject: "Close project", "プロジェクトを閉じる";
    Undo: "Undo", "元に戻す";
    Redo: "Redo", "やり直す";
    SelectAll: "Select all rows shown", "表示中の行をすべて選択";
    SelectFront: "Select the first front", "第1フロントを選択";
    ClearSelection: "Clear selection", "選択を解除";
    English: "English", "English";
    Japanese: "日本語 (Japanese)", "日本語";
    Light: "Light", "ライト";
    Dark: "Dark", "ダーク";
    AsSystem: "As the system", "システムに合わせる";
    FontSize: "Size of text", "文字の大きさ";
    CancelAll: "Cancel all tasks", "すべてのタスクを中止";
    Cancel: "Cancel", "中止";
    Remove: "Remove", "削除";
    RemoveSign: "×", "×";
    Bullet: "·", "·";
    Attention: "!", "!";

    // Kinds of files.
    KindAll: "Tables, structures, projects and plugins", "表・構造・プロジェクト・プラグイン";
    KindProject: "Lodestone project", "Lodestoneプロジェクト";
    KindPlugin: "Plugin", "プラグイン";
    KindTable: "Table", "表";
    KindStructure: "Structure", "構造";
    KindTrajectory: "Trajectory (extended XYZ)", "軌跡(拡張XYZ)";
    KindPicture: "Picture", "図";
    KindCampaign: "Campaign", "実験計画ファイル";
    KindReport: "Report", "報告書";

    // The start page.
    Welcome: "Which materials should you make next?", "次に作るべき材料は?";
    WelcomeMore: "Open a worked challenge, or your own table of candidates: one column of formulas is enough.", "例題を開くか、候補の表を開いてください。化学式の列が1つあれば始められます。";
    Challenges: "Worked challenges", "例題";
    Cathode: "Cobalt-free cathode", "コバルトフリー正極";
    CathodeWhat: "280 insertion hosts: much specific energy (Wh/kg) for little money (USD/kWh), without cobalt.", "280種の挿入ホスト:コバルトなしで、高い比エネルギー(Wh/kg)と低コスト(USD/kWh)。";
    Magnet: "Rare-earth-free magnet", "希土類フリー磁石";
    MagnetWhat: "156 magnetic compounds: the energy product in reach (kJ/m³) against the price of the elements, without rare earths.", "156種の磁性化合物:希土類なしで、到達可能な最大エネルギー積(kJ/m³)と元素価格の両立。";
    Catalyst: "Single-atom catalyst", "単原子触媒";
    CatalystWhat: "Lone dopant atoms that stay in the surface of their host metal, at little cost.", "母体金属の表面にとどまる単独ドーパント原子を、低コストで。";
    Photocatalyst: "Lead-free perovskite photocatalyst", "鉛フリーペロブスカイト光触媒";
    PhotocatalystWhat: "Measured band gaps: likely perovskites without lead whose band edges span water splitting.", "実測バンドギャップから、鉛を含まず、バンド端が水分解電位をまたぐペロブスカイト候補を。";
    WideGap: "Wide-gap semiconductor", "ワイドギャップ半導体";
    WideGapWhat: "2,470 compounds with a measured band gap: 3 to 7 eV from elements of safe supply, without lead, cadmium, mercury, thallium and arsenic.", "実測バンドギャップをもつ2 470種の化合物:鉛・カドミウム・水銀・タリウム・ヒ素を含まず、供給リスクの低い元素で 3〜7 eV。";
    Crystals: "Crystals to look at", "結晶構造を見る";
    AllCrystals: "All {} crystals", "全{}種の結晶";
    CrystalsWhat: "Well-known structures that come with Lodestone, from diamond to Nd2Fe14B, as candidates with their cells.", "ダイヤモンドからNd2Fe14Bまで、Lodestoneに付属するよく知られた構造を候補として開きます。";
    OneCrystal: "One of them", "1つを選ぶ";
    OpenCrystals: "Open the crystals that come with Lodestone", "付属の結晶を開く";
    YourOwn: "Your own candidates", "自分の候補";
    OpenFile: "Open…", "開く…";
    DropHere: "or drop a file here: a table (.csv, .tsv, .xlsx, .parquet), structures (.cif, POSCAR, .xyz), a project, or a plugin (.wasm)", "またはここにファイルをドロップ:表(.csv、.tsv、.xlsx、.parquet)、構造(.cif、POSCAR、.xyz)、プロジェクト、プラグイン(.wasm)";
    DropToOpen: "Drop to open", "ドロップして開く";
    DropProject: "{}: opens this project", "{}:プロジェクトを開く";
    DropAsPlugin: "{}: looks at this plugin before it is used or installed", "{}:使用・インストールの前にプラグインを確認";
    DropTable: "{}: looks at this table before it is opened", "{}:表を確認してから開く";
    DropStructures: "{}: opens these structures", "{}:構造を開く";
    DropCampaign: "{}: opens this campaign", "{}:実験計画を開く";
    DropUnknown: "{}: nothing here can open this file", "{}:開けないファイルです";
    Recent: "Recent", "最近使ったファイル";
    Forget: "Forget {}", "{}を履歴から消す";
    UnsavedFound: "Work that was not saved was found.", "保存されていない作業が見つかりました。";
    Recover: "Recover it", "復元する";
    RecoverWork: "Recover unsaved work", "保存されていない作業を復元";
    Discard: "Discard it", "破棄する";
    TourObjectives: "1. What is wanted is set under Objectives.", "1. 「目標」で望む性質を決めます。";
    TourCandidates: "2. Candidates are ranked; click a header to sort, a row to inspect it.", "2. 候補が順位付けされます。見出しで並べ替え、行をクリックで詳細。";
    TourPareto: "3. The plot shows the trade-off; drag around points to select them.", "3. 図でトレードオフを見ます。点を囲んで選択できます。";
    EndTour: "Got it", "了解";

    // Importing.
    ImportTitle: "Open a table of candidates", "候補の表を開く";
    RowCount: "{} rows", "{}行";
    DecimalComma: "Numbers are written with a decimal comma.", "小数点にコンマを使う表です。";
    DecimalPoint: "Numbers are written with a decimal point.", "小数点にピリオドを使う表です。";
    RowsUnusable: "{} rows cannot be used; the first of them:", "使えない行が{}行あります。最初の数行:";
    FailedLine: "line {}: {}: {}", "{}行目: {}: {}";
    BadCell: "line {}, column {}: {}: {}", "{}行目、列 {}: {}: {}";
    FormulaColumn: "Column of formulas", "化学式の列";
    NoneFound: "none found", "見つかりません";
    NoFormulaColumn: "Choose the column that holds the formulas; without one nothing can be predicted.", "化学式の列を選んでください。なければ予測できません。";
    KindFormula: "formula", "化学式";
    KindNumber: "number", "数値";
    KindText: "text", "文字列";
    TakeIn: "Open", "開く";

    // Candidates.
    Candidates: "Candidates", "候補";
    NothingOpen: "Nothing is open.", "何も開いていません。";
    Reading: "Reading…", "読み込み中…";
    Search: "Search", "検索";
    SearchHint: "formula, Li-Fe-O, text", "化学式、Li-Fe-O、文字列";
    SearchHelp: "A formula finds the same composition in any order; elements separated by hyphens or spaces find all candidates that hold them; anything else is looked for in the texts.", "化学式は元素の順によらず同じ組成を、ハイフンや空白で区切った元素はそれらを含む候補を、それ以外は文字列を検索します。";
    AddFilter: "Filter", "絞り込み";
    ClearFilters: "Clear filters", "絞り込みを解除";
    FilterComparison: "Comparison of {}", "{}の比較";
    FilterValue: "Value for {}", "{}の値";
    RemoveFilter: "Remove the filter on {}", "{}の絞り込みを削除";
    NotANumber: "This is not a number: write 1.5 or 2e-3, without the unit.", "数値ではありません。単位を付けずに 1.5 や 2e-3 のように書いてください。";
    AtLeast: "≥", "≥";
    AtMost: "≤", "≤";
    Contains: "contains", "含む";
    Known: "is known", "既知";
    Columns: "Columns", "列";
    ColourBy: "Colour", "色分け";
    NoColour: "No colours", "色なし";
    Take: "Copy and export", "コピーと書き出し";
    CopyShown: "Copy the rows shown as CSV", "表示中の行をCSVでコピー";
    CopySelected: "Copy the selected rows as CSV", "選択した行をCSVでコピー";
    ExportShown: "Export the rows shown…", "表示中の行を書き出す…";
    ExportSelected: "Export the selected rows…", "選択した行を書き出す…";
    RowsShown: "{} of {} rows", "{} / {} 行";
    RowsSelected: "{} selected", "{} 行を選択中";
    Rank: "rank", "順位";
    Front: "front", "フロント";
    FrontProbability: "P(front)", "P(フロント)";
    AscendingSign: "▲", "▲";
    DescendingSign: "▼", "▼";
    MissingSign: "–", "–";
    NotKnown: "Not known", "不明";
    NoReason: "The table gives no value here.", "表に値がありません。";
    SortHelp: "Click: best first, the other way round, as ranked.", "クリック:良い順、逆順、順位どおり。";

    // Objectives.
    Objectives: "Objectives", "目標";
    Wanted: "Wanted", "望むこと";
    NoObjectives: "No objective: the ranking is by those of the plugin that applies to most candidates.", "目標なし:最も多くの候補に適用できるプラグインの目標で順位付けします。";
    AddObjective: "Add an objective", "目標を追加";
    ObjectiveProperty: "Property of objective {}", "目標{}の性質";
    RemoveObjective: "Remove the objective {}", "目標 {} を削除";
    Maximize: "maximize", "最大化";
    Minimize: "minimize", "最小化";
    Target: "target", "目標値";
    TargetValue: "Target value", "目標値";
    MustHold: "Must hold", "満たすべき条件";
    AddConstraint: "Add a constraint", "条件を追加";
    ConstraintHint: "battery.average_voltage > 3 and not has Co", "battery.average_voltage > 3 and not has Co";
    ConstraintNumber: "Constraint {}", "条件{}";
    HoldsFor: "holds for {} of {}", "{} / {} 候補が満たす";
    RemoveConstraint: "Remove constraint {}", "条件{}を削除";
    Required: "Must hold:", "必須:";
    AllowedOnly: "Besides, only:", "他に許すのは:";
    Excluded: "Without:", "除外:";
    TakeBack: "Click to take this back", "クリックで取り消し";
    Feasible: "{} of {} candidates satisfy all constraints", "{} / {} 候補が全条件を満たす";
    OnFront: "{} on the first front", "第1フロントに{}候補";
    Violated: "{} violate a constraint", "{} 候補が条件に違反";
    Undecided: "{} cannot be judged: a value is not known", "{} 候補は値が不明で判定できず";
    Rejected: "{} rows are no candidates", "{} 行は候補ではない";

    // The plot.
    Pareto: "Trade-off", "トレードオフ";
    AxisX: "Horizontal axis", "横軸";
    AxisY: "Vertical axis", "縦軸";
    LogX: "log x", "log x";
    LogY: "log y", "log y";
    ToolMove: "Move", "移動";
    ToolMoveHelp: "Drag to move, scroll to zoom, double-click to see all", "ドラッグで移動、スクロールで拡大、ダブルクリックで全体";
    ToolBrush: "Rectangle", "矩形";
    ToolBrushHelp: "Drag a rectangle to select; with Shift to add", "矩形をドラッグして選択、Shiftで追加";
    ToolLasso: "Lasso", "投げ縄";
    ToolLassoHelp: "Draw around points to select them; with Shift to add", "点を囲んで選択、Shiftで追加";
    WholeRange: "All", "全体";
    ExportPlot: "Export the plot…", "図を書き出す…";
    LegendPredicted: "● predicted", "● 予測値";
    LegendComputed: "◆ computed", "◆ 計算値";
    LegendMeasured: "■ measured, exact, or from your table", "■ 実測値・厳密値・表の値";
    PointCount: "{} points", "{} 点";
    FrontCount: "{} on the front of these two", "この2つのフロントに{}点";
    PointsMissing: "{} without a value", "値のない候補 {}";
    PlotName: "Plot of {} over {}: {} points, {} on the front", "{}を{}に対して示す図:{}点、フロント上{}点";

    // Parallel axes.
    Parallel: "Parallel axes", "平行座標";
    AddAxis: "Add an axis", "軸を追加";
    DefaultAxes: "Axes of the objectives", "目標の軸に戻す";
    ClearBrushes: "Clear ranges", "範囲を解除";
    ExportParallel: "Export…", "書き出す…";
    OfParallel: "Parallel axes: {}", "平行座標: {}";
    ParallelHelp: "Drag along an axis to select by a range of values; drag a name to move its axis; double-click a name to turn it over", "軸に沿ってドラッグで範囲選択、名前をドラッグで軸を移動、名前をダブルクリックで上下反転";
    ParallelName: "Parallel axes of {} candidates: {}", "{}候補の平行座標:{}";
    AxisMenu: "Axis {}", "軸 {}";
    AxisFlipped: "Values fall upwards", "上ほど小さい値";
    AxisLog: "By powers of ten", "対数軸";
    AxisLeft: "Move to the left", "左へ移動";
    AxisRight: "Move to the right", "右へ移動";
    AxisFrom: "From", "下限";
    AxisTo: "To", "上限";
    AxisAnyValue: "Any value", "範囲を解除";
    AxisMissing: "{} without a value", "値のない候補 {}";
    LineCount: "{} lines", "{} 本";

    // Inspector.
    Inspector: "Inspector", "詳細";
    NothingSelected: "Select a candidate in the table or in the plot.", "表か図で候補を選んでください。";
    FirstOfSelected: "The first of {} selected", "選択した{}候補の先頭";
    PlaceInRanking: "Rank {}", "順位 {}";
    NotRanked: "Not ranked", "順位なし";
    LineOfFile: "line {} of {}", "{}行目({})";
    YourColumns: "From the table", "表の値";
    FromYourTable: "table", "表";
    PluginOrigin: "{} · {}… · {}", "{} · {}… · {}";
    ErrorUnknown: "Its error is not known.", "誤差は不明です。";
    OriginExact: "exact", "厳密";
    OriginMeasured: "measured", "実測";
    OriginComputed: "computed", "計算";
    OriginPredicted: "predicted", "予測";
    Notes: "Notes", "注記";

    // The periodic table.
    PeriodicTable: "Periodic table", "周期表";
    ClearElements: "Forget all rules", "規則をすべて解除";
    ElementHelp: "Click: excluded, required, allowed, nothing", "クリック:除外、必須、許可、なし";
    Occurrence: "Occurrence", "出現数";
    Price: "Price", "価格";
    SupplyRisk: "Supply risk", "供給リスク";
    Abundance: "Abundance", "存在度";
    Hazard: "Hazard", "有害性";
    ColourElementsBy: "Colour elements by {}", "元素を{}で色分け";
    RuleRequire: "required", "必須";
    RuleAllow: "allowed", "許可";
    RuleExclude: "excluded", "除外";
    RuleNone: "no rule", "規則なし";
    FactOccurrence: "In {} candidates", "{} 候補に含まれる";
    FactPrice: "Price: {} USD/kg", "価格: {} USD/kg";
    FactAbundance: "In the Earth's crust: {} mg/kg", "地殻中: {} mg/kg";
    FactConcentration: "Concentration of production (HHI, to 10 000): {}", "生産の集中度(HHI、最大10 000): {}";
    FactProducer: "Largest producer: {} %", "最大生産国: {} %";
    FactHazard: "Hazard: {}", "有害性: {}";
    FactCritical: "Critical raw material (EU 2023)", "重要原材料(EU 2023)";
    FactRadioactive: "Radioactive", "放射性";

    // Structure.
    Relaxation: "Relaxation", "緩和";
    Structure: "Structure", "構造";
    NoStructure: "This candidate has no structure.", "この候補に構造はありません。";

    // Plugins.
    Plugins: "Plugins", "プラグイン";
    AddPlugin: "Add a plugin…", "プラグインを追加…";
    DropPlugin: "or drop a .wasm file on the window", "または .wasm ファイルをウィンドウにドロップ";
    PluginRefused: "{} is refused: {}", "{} は拒否されました: {}";
    AppliesTo: "has a value for {} candidates; {} ms in its calls", "{} 候補に値あり、呼び出し計 {} ms";
    FailedOn: "failed on {} candidates, in {} batches: {}", "{} 候補で失敗({} バッチ): {}";
    StandingShipped: "shipped with Lodestone", "Lodestoneに同梱";
    StandingSigned: "signed by key {}, trusted since {}", "署名した鍵: {}({} から信頼)";
    StandingUnknown: "UNSIGNED as far as is known here: its signature is by key {}, which is not trusted", "未署名として扱います:署名の鍵 {} は信頼されていません";
    StandingUnsigned: "UNSIGNED: nobody vouches for it", "未署名:保証する人がいません";
    Install: "Install", "インストール";
    InstallNamed: "Install {}", "{} をインストール";
    InstallHelp: "It takes part in all projects, until you remove it.", "削除するまで、すべてのプロジェクトで使われます。";
    Update: "Update", "更新";
    UpdateNamed: "Update {}", "{} を更新";
    Uninstall: "Uninstall {}", "{} をアンインストール";
    RemoveFromProject: "Remove {} from this project", "{} をこのプロジェクトから削除";
    UseInProject: "Use in this project", "このプロジェクトで使う";
    UseInProjectHelp: "It takes part in this project alone, from where the file is.", "ファイルはそのままで、このプロジェクトだけで使われます。";
    NewOwner: "Its owner changed: install it all the same", "所有者の変更を認めてインストール";
    OfferTitle: "A plugin", "プラグイン";
    OfferDomain: "Applies to", "適用範囲";
    OfferLicence: "Licence", "ライセンス";
    OfferAuthors: "Authors", "作者";
    OfferShipped: "{} is the name of a plugin that is shipped with Lodestone; this one can be neither used nor installed.", "{} はLodestoneに同梱のプラグインの名前なので、使用もインストールもできません。";
    OfferReplaces: "Installing it replaces {} {}.", "インストールすると {} {} を置き換えます。";
    Registries: "Available in registries", "レジストリにあるもの";
    RegistryPlace: "Folder or address of a registry", "レジストリのフォルダーまたはアドレス";
    RegistryHint: "folder or https://…", "フォルダー または https://…";
    LookIn: "Look", "見る";
    LookInNamed: "Look in {}", "{} を見る";
    LookInRegistry: "Look in this registry", "このレジストリを見る";
    IndexOf: "index of {}, signed by key {}", "{} の索引、署名した鍵: {}";
    RegistryEmpty: "It has no plugins.", "プラグインはありません。";
    IsInstalled: "installed", "インストール済み";
    OtherInstalled: "{} is installed", "{} をインストール済み";
    EntryFacts: "{} properties · {} · {}", "性質 {} 個 · {} · {}";
    TrustedKeys: "Keys that you trust", "信頼する鍵";
    NoKeys: "No key is trusted: nothing signed can be installed from a registry.", "信頼する鍵がないため、レジストリから署名付きのものをインストールできません。";
    KeyText: "Public key to trust, or its .pub file", "信頼する公開鍵、またはその .pub ファイル";
    KeyHint: "RW…, or a .pub file", "RW… または .pub ファイル";
    KeyLabel: "Whose key it is", "鍵の持ち主";
    TrustKey: "Trust this key", "この鍵を信頼する";
    TrustHelp: "Trust a key only if its owner gave it to you by a way you trust.", "持ち主から信頼できる方法で受け取った鍵だけを信頼してください。";
    KeySince: "trusted since {}", "{} から信頼";
    KeyRevoked: "REVOKED on {}", "{} に失効";
    Revoke: "Revoke", "失効させる";
    RevokeNamed: "Revoke the trust in {}", "{} への信頼を取り消す";
    RevokeSure: "Really revoke", "本当に失効させる";
    RevokeSureNamed: "Really revoke the trust in {}", "{} への信頼を本当に取り消す";
    RevokeHelp: "Plugins that this key signed are not loaded any more; it cannot be trusted again here.", "この鍵で署名されたプラグインは読み込まれなくなり、ここで再び信頼することはできません。";
    ToDefault: "Default", "既定値";
    AboutPlugin: "About it", "詳細";
    PluginDomain: "Applies to: {}", "適用範囲: {}";
    PluginLicence: "Licence: {}", "ライセンス: {}";
    PluginAuthors: "Authors: {}", "作者: {}";
    PluginCitation: "Cite: {}", "引用: {}";
    PluginPlace: "From: {}", "場所: {}";
    PluginHash: "SHA-256: {}", "SHA-256: {}";
    PluginColumns: "Uses columns of your table: {}", "使う表の列: {}";
    NeedRequired: "required", "必須";
    NeedOptional: "optional", "任意";
    WhatPluginsMayDo: "What plugins may do", "プラグインにできること";
    PluginSandbox: "A plugin computes, and nothing else: it sees neither files nor network nor clock.", "プラグインは計算だけを行い、ファイル・ネットワーク・時計は見えません。";
    PluginLimits: "At most {} MB of memory, {} s a call, {} MB as a file; after {} faulty batches it is switched off.", "メモリ最大{} MB、1呼び出し{}秒、ファイル{} MB。失敗が{}回続くと停止します。";

    // Models.
    Models: "Models", "モデル";
    ModelsUsed: "Models that predict beside the plugins", "プラグインとともに予測するモデル";
    AddModel: "Add a model file…", "モデルファイルを追加…";
    KindModel: "Model", "モデル";
    ModelLearnt: "{}, learnt from {} rows of {}", "{}:{} 行から学習({})";
    ModelOrigin: "{} · {} · {} · {}…", "種類 {} · {} · {} · {}…";
    ModelScores: "by cross-validation wrong by {} on average; its 95 % intervals held {} %", "交差検証の平均絶対誤差 {}、95 % 区間の的中率 {} %";
    ModelTrain: "Learn from the open table", "開いている表から学習";
    ModelNoTarget: "The table has no column of numbers to learn.", "学習できる数値の列が表にありません。";
    ModelTarget: "Property to learn", "学習する性質";
    ModelInputs: "From", "入力";
    ModelInputsHint: "composition, structure, or names of columns", "composition、structure、または列の名前";
    ModelKind: "Kind of model", "モデルの種類";
    ModelFolds: "Folds", "分割数";
    ModelLicence: "Licence of the data", "データのライセンス";
    ModelJudge: "Judge by cross-validation", "交差検証で評価";
    ModelJudgeHelp: "Each part of the rows is predicted by a model that has not seen it.", "各部分を、それを見ていないモデルで予測します。";
    ModelTrainSave: "Train and save…", "学習して保存…";
    ModelTrainHelp: "Judges it, then trains it on all rows and writes its file.", "評価した後、全行で学習してファイルに書き出します。";
    ModelUse: "Use it", "使う";
    ModelUseNamed: "Use the model {}", "モデル {} を使う";
    Automatic: "automatic", "自動";
    ReportTitle: "{}: {} rows, predicted by models that have not seen them (kept together by {})", "{}:{} 行を未学習のモデルで予測(同じ組: {})";
    ReportMae: "Mean absolute error", "平均絶対誤差";
    ReportRmse: "Root mean square error", "二乗平均平方根誤差";
    ReportR2: "Share of the variance explained (R²)", "決定係数(R²)";
    Report68: "Held by the 68 % intervals", "68 % 区間の的中率";
    Report95: "Held by the 95 % intervals", "95 % 区間の的中率";
    ReportElements: "Errors by element", "元素ごとの誤差";
    RejectedLine: "line {}: {}", "{}行目: {}";
    ParityName: "Predicted over observed {}: {} points", "{}の予測値と実測値の図:{} 点";
    ExportParity: "Export predicted over observed…", "予測値と実測値の図を書き出す…";
    ColumnElement: "Element", "元素";
    ColumnRows: "Rows", "行";
    ColumnBias: "Bias", "偏り";
    ColumnMae: "Error", "誤差";
    Column95: "In 95 %", "95 % 内";
    Why: "Why", "理由";
    Explain: "Explain", "説明";
    ExplainSelected: "Explain the predictions of the selected candidate", "選択した候補の予測を説明";
    ExplainedAs: "{} is {}; with nothing known it would be {}", "{} は {}(何も知らない場合は {})";
    OtherInputs: "{} other inputs", "他の入力 {} 個";
    NearestRows: "Nearest training materials", "最も近い学習データ";
    ColumnMaterial: "Material", "材料";
    ColumnValue: "Value", "値";
    ColumnDistance: "Distance", "距離";

    // Panels that have a list of their own.
    Hull: "Convex hull", "凸包";
    Generate: "New candidates", "候補の生成";
    Campaign: "Campaign", "実験計画";

    // Tasks.
    Tasks: "Tasks and messages", "タスクとメッセージ";
    NothingToDo: "Ready.", "準備完了。";
    Messages: "Messages", "メッセージ";
    ClearLog: "Clear messages", "メッセージを消す";
    TimeLeft: "{} left", "残り {}";
    CancelTask: "Cancel: {}", "中止: {}";
    TaskLoadPlugins: "Loading plugins", "プラグインを読み込み中";
    TaskShelf: "Changing plugins", "プラグインを変更中";
    TaskRead: "Reading the table", "表を読み込み中";
    TaskStructure: "Reading a structure", "構造を読み込み中";
    TaskScreen: "Predicting and ranking", "予測と順位付け";
    TaskSort: "Sorting", "並べ替え中";
    TaskPlot: "Placing points", "点を配置中";
    TaskElements: "Counting elements", "元素を集計中";
    TaskCount: "Counting candidates", "候補を集計中";
    TaskCopy: "Copying", "コピー中";
    TaskExport: "Writing", "書き出し中";
    TaskLoadModels: "Reading models", "モデルを読み込み中";
    TaskExplain: "Explaining", "説明を作成中";
    TaskTrainModel: "Training a model", "モデルを学習中";
    TaskCampaign: "Working on the campaign", "実験計画を処理中";
    TaskHull: "Looking up phases", "相を検索中";
    TaskPrototypes: "Reading structure types", "構造型を読み込み中";
    TaskGenerate: "Making candidates", "候補を生成中";
    TaskWriteGenerated: "Writing candidates", "候補を書き出し中";
    TaskRelax: "Relaxing", "緩和中";
    TaskReadTrajectory: "Reading a trajectory", "軌跡を読み込み中";
    TaskCompare: "Comparing with random search", "無作為探索と比較中";
    TaskDrill: "Fire drill", "故障訓練中";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages() {
        let same = [
            "ProgramName",
            "WindowTitle",
            "PaletteKeys",
            "KeysOpen",
            "KeysSave",
            "KeysSaveAs",
            "KeysUndo",
            "KeysRedo",
            "KeysCopy",
            "KeysSelectAll",
            "English",
            "RemoveSign",
            "Bullet",
            "Attention",
            "AtLeast",
            "AtMost",
            "AscendingSign",
            "DescendingSign",
            "MissingSign",
            "ConstraintHint",
            "LogX",
            "LogY",
            "PluginOrigin",
            "PluginHash",
        ];
        assert_eq!(words::faults(Text::TABLE, &same), [""; 0]);
    }
}
