//! Names that mean harm.

use std::collections::BTreeSet;

/// Sequences that a terminal obeys.
const SEQUENCES: &[&str] = &[
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}[2J",
    "\u{1b}[H",
    "\u{1b}[1A\u{1b}[2K",
    "\u{1b}[?1049h",
    "\u{1b}[6n",
    "\u{1b}[8m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;https://example.com\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}]52;c;cm0gLXJm\u{7}",
    "\u{1b}]1337;File=:AAAA\u{7}",
    "\u{1b}P1$r\u{1b}\\",
    "\u{1b}_payload\u{1b}\\",
    "\u{1b}^payload\u{1b}\\",
    "\u{1b}c",
    "\u{1b}(0",
    "\u{1b}#8",
    "\u{9b}31mred",
    "\u{9d}0;title\u{9c}",
    "\u{90}payload\u{9c}",
    "a\rb",
    "a\nb",
    "a\r\nb",
    "a\ttab",
    "a\u{8}\u{8}\u{8}b",
    "%1b[31m",
    "\\u{1b}[31m",
    "\\x1b[31m",
    "^[[31m",
    "tallyho\ntallyho: everything is fine",
];

/// Marks that are not seen, or change the direction.
pub const MARKS: &str = "\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\
                     \u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\u{2061}\
                     \u{2062}\u{2063}\u{2064}\u{2066}\u{2067}\u{2068}\u{2069}\u{206a}\u{206f}\
                     \u{3164}\u{feff}\u{ffa0}\u{fff9}\u{fffb}\u{1d173}\u{e0001}\u{e0041}\u{e007f}";

const FORMULAS: &[&str] = &[
    "=cmd|' /C calc'!A1",
    "=1+1",
    "=HYPERLINK(\"http://example.com?x=\"&A1,\"open\")",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A1",
    "@SUM(1+1)",
    "@echo",
    "'=1+1",
    "''=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    "x;=1+1",
    "x\t=1+1",
    "x\",=1+1,\"",
    "-inf",
    "-",
    "=",
];

const PATHS: &[&str] = &[
    "../../x",
    "..",
    ".",
    "...",
    "/etc/passwd",
    "a/../../x",
    "a/b",
    "./x",
    "..\\..\\x",
    "C:\\x",
    "\\\\host\\share",
    "CON",
    "~root",
    "file:///etc/passwd",
    "x/",
];

const MARKUP: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt;",
    "&amp;",
    "&#27;",
    "]]>",
    "<!--",
    "-->",
    "<![CDATA[x]]>",
    "<?xml?>",
    "<!DOCTYPE x>",
    "\"/><failure/>",
    "'",
    "''",
    "\"",
    "\"\"",
    "`",
    "``` x",
    "**bold**",
    "_x_",
    "[text](http://example.com)",
    "![image](http://example.com/x.png)",
    "| a | b |",
    "a|b",
    "@everyone",
    "<@U123>",
    "# heading",
    "~~gone~~",
    "$x^2$",
    "\\",
    "\\n",
    "\\\"",
    "a\"} 1",
    "a\",b=\"c",
    "{class=\"x\"}",
    "{date}",
    "${HOME}",
    "$(id)",
    "`id`",
    "; rm -rf x",
    "%s%n",
    "{}",
    "a,b",
    "a;b",
    "a b",
    "\u{1f469}\u{200d}\u{1f4bb}",
    "größe",
    "大きな犬",
    "e\u{301}\u{301}\u{301}\u{301}",
    "--help",
    "-q",
    "*",
    "[*]",
];

/// Names of ours.
const OURS: &[&str] = &[
    "accuracy",
    "macro avg",
    "no class",
    "undefined",
    "null",
    "NaN",
    "class",
    "outside",
    "tallyho",
    "tallyho.db",
    "label",
    "latest",
];

/// Some two hundred names, no two of which are one class.
pub fn names() -> Vec<String> {
    let controls = (1..0x20).chain(0x7f..0xa0).filter_map(char::from_u32);
    let marked = controls.chain(MARKS.chars()).map(|mark| format!("x{mark}y"));
    let listed = [SEQUENCES, FORMULAS, PATHS, MARKUP, OURS].concat();
    let mut seen = BTreeSet::new();
    let names = marked.chain(listed.into_iter().map(str::to_owned));
    names.filter(|name| seen.insert(name.trim().to_owned())).collect()
}
