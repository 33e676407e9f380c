use super::testing::*;
