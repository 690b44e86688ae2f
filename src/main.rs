//! The command line is a thin shell on the library.

fn main() {}
