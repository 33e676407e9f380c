//! `ctdata indicators`
