//! Folds beside scikit-learn: `fixtures/folds.json`, made by `fixtures/folds.py`.

use std::collections::BTreeMap;
use surrogate::{grouped_folds, k_folds};

#[test]
fn folds_are_those_of_matbench() {
    let fixture: BTreeMap<String, String> =
        serde_json::from_str(include_str!("../fixtures/folds.json")).expect("a JSON file");
    assert_eq!(fixture.len(), 4);
    for (rows, expected) in fixture {
        let folds = k_folds(rows.parse().expect("a number"), 5, 18_012_019);
        let text: String = folds.iter().map(usize::to_string).collect();
        assert_eq!(text, expected, "{rows} rows");
    }
    assert_eq!(k_folds(0, 5, 1), Vec::<usize>::new());
}

#[test]
fn grouped_folds_keep_groups_together_and_folds_of_like_size() {
    let groups: Vec<u32> = (0..400_u32).map(|row| (row * row) % 41).collect();
    let folds = grouped_folds(&groups, 4, 7);
    let mut of_group = BTreeMap::new();
    let mut sizes = [0; 4];
    for (group, fold) in groups.iter().zip(&folds) {
        assert_eq!(of_group.entry(group).or_insert(fold), &fold);
        sizes[*fold] += 1;
    }
    assert!(
        sizes.iter().all(|size| (80..=120).contains(size)),
        "{sizes:?}"
    );
}
