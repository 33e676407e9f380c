//! Published capture tables for the tests of this room; sources in each line.

use crate::mse::{CaptureHistories, ListSet};

/// A table from `lists` and rows like `11000:15`, first list first.
pub(super) fn table(lists: &str, rows: &str) -> CaptureHistories {
    let counts = rows.split_whitespace().map(|row| {
        let (history, count) = row.split_once(':').unwrap();
        let on = history.char_indices().filter(|(_, mark)| *mark == '1').map(|(list, _)| list);
        (ListSet::of(on), count.parse().unwrap())
    });
    CaptureHistories::try_new(lists.split(' '), counts).unwrap()
}

/// All of them: name, lists, rows.
pub(super) const PUBLISHED: [(&str, &str, &str); 18] = [
    // Chan, Silverman and Vincent (2021), table 2.
    ("artificial_three_lists", "A B C", "100:40 010:30 001:20 110:6"),
    // Lyneham, Dowling and Bricknell (2019).
    (
        "australia_four_lists",
        "A B C D",
        "1000:34 0100:13 0010:198 0001:100 1100:3 1010:4 1001:1 0110:36 0101:2 1110:6 1101:1 0111:15 1111:1",
    ),
    // Abeni, Brancato and Perucci (1994).
    (
        "hiv_rome_four_lists",
        "c1 c2 c3 c4",
        "1000:403 0100:545 0010:621 0001:205 1100:33 1010:20 1001:6 0110:35 0101:10 0011:11 1110:3 1101:1 \
         0111:3",
    ),
    // Ball, Shin and Yang (2018).
    ("korea_three_lists", "b c d", "100:5 010:5 001:41 110:54 101:6 111:12"),
    // Ball, Betts, Scheuren, Dudukovich and Asher (2002).
    (
        "kosovo_1999_four_lists",
        "EXH ABA OSCE HRW",
        "1000:1131 0100:845 0010:936 0001:306 1100:177 1010:228 1001:106 0110:217 0101:31 0011:123 1110:181 \
         1101:18 1011:42 0111:32 1111:27",
    ),
    // Aaron, Chang, Markovic and LaPorte (2003).
    (
        "lesbian_allegheny_four_lists",
        "A B C D",
        "1000:589 0100:534 0010:281 0001:208 1100:104 1010:44 1001:143 0110:64 0101:53 0011:28 1110:27 \
         1101:48 1011:19 0111:20 1111:23",
    ),
    // Madigan and York (1997).
    (
        "madigan_york_five_lists",
        "A B C D E",
        "10000:27 01000:37 00100:4 00010:97 00001:83 11000:19 10100:4 10010:22 10001:36 01100:1 01010:37 \
         01001:34 00110:2 00101:3 00011:30 11100:1 11010:25 11001:18 10110:1 10101:5 10011:5 01110:3 01011:23 \
         11110:5 11101:2 11011:8 10111:3 11111:2",
    ),
    // Madigan and York (1997).
    ("madigan_york_three_lists", "A B C", "100:60 010:49 001:247 110:4 101:112 011:142 111:12"),
    // Cruyff, van Dijk and van der Heijden (2017), I and O merged.
    (
        "netherlands_2010_2015_five_lists",
        "IO K P R Z",
        "10000:756 01000:1299 00100:4466 00010:650 00001:632 11000:1 10100:81 10010:5 10001:73 01100:44 \
         01001:4 00110:82 00101:125 00011:2 10110:2 10101:11 00111:1",
    ),
    // Cruyff, van Dijk and van der Heijden (2017).
    (
        "netherlands_2010_2015_six_lists",
        "I K O P R Z",
        "100000:352 010000:1299 001000:403 000100:4466 000010:650 000001:632 101000:1 100100:18 100010:3 \
         100001:16 011000:1 010100:44 010001:4 001100:59 001010:2 001001:57 000110:82 000101:125 000011:2 \
         101100:4 100101:4 001110:2 001101:7 000111:1",
    ),
    // Bales, Murphy and Silverman (2019).
    (
        "new_orleans_eight_lists_n185",
        "A B C D E F G H",
        "10000000:25 01000000:5 00100000:70 00010000:33 00001000:6 00000100:6 00000010:6 00000001:21 \
         10100000:1 10010000:2 10001000:1 01000100:1 00110000:1 00101000:1 00100010:1 00011000:2 00001001:1 \
         10100010:1 10011000:1",
    ),
    // Bales, Murphy and Silverman (2019), with one person more.
    (
        "new_orleans_eight_lists_n186",
        "A B C D E F G H",
        "10000000:25 01000000:5 00100000:70 00010000:33 00001000:6 00000100:6 00000010:6 00000001:21 \
         10100000:1 10010000:2 10001000:1 01000100:1 00110000:2 00101000:1 00100010:1 00011000:2 00001001:1 \
         10100010:1 10011000:1",
    ),
    // Bales, Murphy and Silverman (2019), B, E, F and G merged.
    (
        "new_orleans_five_lists_n185",
        "A BEFG C D H",
        "10000:25 01000:24 00100:70 00010:33 00001:21 11000:1 10100:1 10010:2 01100:2 01010:2 01001:1 00110:1 \
         11100:1 11010:1",
    ),
    // Bales, Murphy and Silverman (2019), merged, with one person more.
    (
        "new_orleans_five_lists_n186",
        "A BEFG C D H",
        "10000:25 01000:24 00100:70 00010:33 00001:21 11000:1 10100:1 10010:2 01100:2 01010:2 01001:1 00110:2 \
         11100:1 11010:1",
    ),
    // Silverman (2014), PF and NCA merged.
    (
        "uk_2013_five_lists",
        "LA NG PFNCA GO GP",
        "10000:54 01000:463 00100:995 00010:695 00001:316 11000:15 10100:19 10010:3 01100:62 01010:19 01001:1 \
         00110:76 00101:11 00011:8 11100:1 11010:1 01110:4 11110:1",
    ),
    // Silverman (2014), PF and NCA merged, without GP.
    (
        "uk_2013_four_lists",
        "LA NG PFNCA GO",
        "1000:54 0100:464 0010:1006 0001:703 1100:15 1010:19 1001:3 0110:62 0101:19 0011:76 1110:1 1101:1 \
         0111:4 1111:1",
    ),
    // Silverman (2014).
    (
        "uk_2013_six_lists",
        "LA NG PF GO GP NCA",
        "100000:54 010000:463 001000:907 000100:695 000010:316 000001:57 110000:15 101000:19 100100:3 \
         011000:56 010100:19 010010:1 010001:3 001100:69 001010:10 001001:31 000110:8 000101:6 000011:1 \
         111000:1 110100:1 011100:4 011001:3 001101:1 111100:1",
    ),
    // Farrell et al. (2019).
    (
        "western_us_five_lists",
        "A B C D E",
        "10000:52 01000:90 00100:114 00010:45 00001:21 10100:4 10010:2 10001:5 01100:6 01010:1 00011:3 \
         10101:1 01110:1",
    ),
];

/// One of them by its name.
pub(super) fn published(name: &str) -> CaptureHistories {
    let (_, lists, rows) = PUBLISHED.into_iter().find(|(found, _, _)| *found == name).unwrap();
    table(lists, rows)
}
