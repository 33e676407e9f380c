//! `ctdata publish`
