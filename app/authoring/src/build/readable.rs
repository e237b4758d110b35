//! What of a tool's words helps the author: its report of the mistake, without the stack of the tool itself.

/// The part of componentize-py's words that is Python's own report; all but the stack where there is none.
pub(super) fn of_python(said: &str) -> String {
    let said = said.split("Stack backtrace:").next().unwrap_or(said);
    let report = said.split_once("AssertionError: ").map(|(_, rest)| rest);
    let report = report.map(|r| r.split("\nCaused by:").next().unwrap_or(r));
    // the project's folder is mounted under this name
    lines(&report.unwrap_or(said).replace("\"/0/", "\""))
}

/// The part of componentize-js's words that is its error; all where there is none.
pub(super) fn of_javascript(said: &str) -> String {
    let starts = |line: &&str| line.starts_with("Error: ");
    let mut report: Vec<&str> = said.lines().skip_while(|line| !starts(line)).collect();
    let stack = |line: &&str| line.starts_with("    at ");
    report.truncate(report.iter().position(stack).unwrap_or(report.len()));
    match report.is_empty() {
        true => lines(said),
        false => lines(&report.join("\n")),
    }
}

fn lines(text: &str) -> String {
    format!("{}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pythons_report_stays_and_the_stack_of_the_tool_goes() {
        let said = "Traceback (most recent call last):\n  File \"bin/componentize-py\", line 8, in <module>\n\
                    AssertionError: Traceback (most recent call last):\n  File \"/0/plugin.py\", line 3, in <module>\n\
                    TypeError: no such argument\n\n\nCaused by:\n    TypeError: no such argument\n\n\
                    Stack backtrace:\n   0: anyhow\n";
        assert_eq!(
            of_python(said),
            "Traceback (most recent call last):\n  File \"plugin.py\", line 3, in <module>\nTypeError: no such argument\n"
        );
        let other = "Error: no world\n\nStack backtrace:\n   0: anyhow\n";
        assert_eq!(of_python(other), "Error: no world\n");
        assert_eq!(of_python("killed"), "killed\n");
    }

    #[test]
    fn javascripts_error_stays_and_the_stack_of_the_tool_goes() {
        let said = "file:///x/componentize.js:365\n    throw new Error(err);\n          ^\n\n\
                    Error: Failed to initialize component (wizer):\nException while evaluating top-level script\n\
                    plugin.js:3:9 TypeError: x is null\n    at componentize (file:///x/componentize.js:365:11)\n\nNode.js v20\n";
        assert_eq!(
            of_javascript(said),
            "Error: Failed to initialize component (wizer):\nException while evaluating top-level script\n\
             plugin.js:3:9 TypeError: x is null\n"
        );
        let of_node = "/x/plugin.js:3\nfunction (\n         ^\n\nSyntaxError: Function statements require a function name\n";
        assert_eq!(of_javascript(of_node), of_node);
    }
}
