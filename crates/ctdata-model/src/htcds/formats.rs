//! The formats of HTCDS records.

use ctdata_table::csv::{ScanOptions, Scanner};

use super::read::{is_form, is_htcds};

/// A format in which records are read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HtcdsFormat {
    /// A workbook, as the toolkit of the standard has it.
    Excel,
    /// A CSV export of the survey form of the toolkit, by ODK or KoboToolbox.
    XlsForm,
    /// One CSV file, a row for each person or organization in a case.
    Csv,
    /// A folder with a CSV file for each kind of entity.
    CsvFolder,
    /// One JSON document.
    Json,
    /// A line of JSON for each entity.
    JsonLines,
}

impl HtcdsFormat {
    /// All formats.
    pub const ALL: [Self; 6] = [Self::Excel, Self::XlsForm, Self::Csv, Self::CsvFolder, Self::Json, Self::JsonLines];

    /// The name: `htcds-excel`, `htcds-xlsform`, `htcds-csv`, `htcds-csv-folder`, `htcds-json` or `htcds-json-lines`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Excel => "htcds-excel",
            Self::XlsForm => "htcds-xlsform",
            Self::Csv => "htcds-csv",
            Self::CsvFolder => "htcds-csv-folder",
            Self::Json => "htcds-json",
            Self::JsonLines => "htcds-json-lines",
        }
    }

    /// What it is, in a line.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Excel => "HTCDS 2.0 records in a workbook, as in the official toolkit",
            Self::XlsForm => "HTCDS 2.0 records exported from a survey form (ODK, Kobo)",
            Self::Csv => "HTCDS 2.0 records in one CSV file",
            Self::CsvFolder => "HTCDS 2.0 records in a folder of CSV files, one for each kind of entity",
            Self::Json => "HTCDS 2.0 records in one JSON document",
            Self::JsonLines => "HTCDS 2.0 records as JSON, one entity per line",
        }
    }

    /// The format of a name, without regard to case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name.trim()))
    }

    /// The format of a delimited text file by its header: [`HtcdsFormat::Csv`] or [`HtcdsFormat::XlsForm`] if most of
    /// its named columns are fields of the standard, by name or label, or columns of our own.
    ///
    /// ```
    /// use ctdata_model::htcds::HtcdsFormat;
    /// let format = HtcdsFormat::of_header(&["start", "end", "victim/prs_Gender", "victim/vic_Methods_of_Control"]);
    /// assert_eq!(format, Some(HtcdsFormat::XlsForm));
    /// assert_eq!(HtcdsFormat::of_header(&["case_id", "prs_Gender"]), Some(HtcdsFormat::Csv));
    /// assert_eq!(HtcdsFormat::of_header(&["yearOfRegistration", "gender"]), None);
    /// ```
    pub fn of_header(header: &[impl AsRef<str>]) -> Option<Self> {
        is_htcds(header).then(|| if is_form(header) { Self::XlsForm } else { Self::Csv })
    }
}

impl HtcdsFormat {
    /// The format of a delimited text file by its beginning, see [`HtcdsFormat::of_header`].
    pub fn of_text(head: &[u8]) -> Option<Self> {
        let mut scanner = Scanner::new(head, ScanOptions::default());
        let record = scanner.next().ok()??;
        let names: Vec<&str> = record.cells().map(std::str::from_utf8).collect::<Result<_, _>>().ok()?;
        Self::of_header(&names)
    }
}

impl std::fmt::Display for HtcdsFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        for format in HtcdsFormat::ALL {
            assert_eq!(HtcdsFormat::named(&format.to_string().to_uppercase()), Some(format));
        }
        assert_eq!(HtcdsFormat::named("csv"), None);
    }

    #[test]
    fn headers_of_other_files_are_not_htcds() {
        let ctdc = "yearOfRegistration,Datasource,gender,ageBroad,majorityStatus,citizenship,isForcedLabour";
        for header in [ctdc, "City,Country,Type,Date", "id,name,role", "start,end,_uuid", "Gender,Status,Title", ""] {
            let header: Vec<&str> = header.split(',').collect();
            assert_eq!(HtcdsFormat::of_header(&header), None, "{header:?}");
        }
    }

    #[test]
    fn headers_of_names_labels_and_forms_are_told_apart() {
        let csv = [
            "prs_FirstName,prs_SecondName,note",
            "case_id,person_id,organization_id,role",
            "Case Owner,First Name,Consent,Birthdate,Gender,Citizenship,Methods of Control,Type of Exploitation",
            "cas_Status,hte_Date,hte_Date.2",
        ];
        let form = [
            "prs_First_Name,prs_Second_Name",
            "_uuid,prs_Gender",
            "SubmissionDate,data-vic_TypeOfExploitation,KEY",
            "vic_MethodsOfControl/DebtBondage,vic_MethodsOfControl/Other",
            "group.vic_TypeOfExploitation,start,end",
        ];
        for (headers, format) in [(&csv[..], HtcdsFormat::Csv), (&form[..], HtcdsFormat::XlsForm)] {
            for header in headers {
                let header: Vec<&str> = header.split(',').collect();
                assert_eq!(HtcdsFormat::of_header(&header), Some(format), "{header:?}");
            }
        }
    }
}
