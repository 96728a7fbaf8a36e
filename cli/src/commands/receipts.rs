// SPDX-License-Identifier: Apache-2.0

//! `salus receipts`: whether exported receipts are those that the chart's log tells of.

use crate::{
    context::Context,
    failure::Failure,
    files,
    output::{fields, moment, table, word, Output},
};
use salus_client::agent::{compare_receipts, ComparedReceipts};
use salus_gate::StoredReceipts;
use salus_primitives::receipts::{ReceiptsHead, MAX_RECEIPTS};
use serde::Serialize;
use std::path::PathBuf;

/// Bytes of a file, at most: a receipt has some 200 as indented JSON.
const LONGEST: usize = 512 * MAX_RECEIPTS as usize;

#[derive(clap::Args)]
#[command(after_help = "Exit status: 0 the log has exactly these receipts, 1 it does not, 2 failed.")]
pub(crate) struct Arguments {
    /// The file that `salus-vault receipts export` wrote
    file: PathBuf,
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    stored: &'a StoredReceipts,
    compared: ComparedReceipts,
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let path = arguments.file;
    let bytes = files::read(&path, LONGEST)?;
    let stored: StoredReceipts = serde_json::from_slice(files::without_mark(&bytes)).map_err(|error| {
        let path = path.display();
        Failure::input(format!("`{path}` has no receipts: {error}\nhint: `salus-vault receipts export` writes them"))
    })?;
    let compared = compare_receipts(&context.chain().await?, &stored).await?;
    let fault = compared.fault;
    out.show(&Shown { stored: &stored, compared }, |shown| human(shown.stored, &shown.compared))?;
    match fault {
        Some(_) => Err(Failure::Reported(1)),
        None => Ok(()),
    }
}

fn human(stored: &StoredReceipts, compared: &ComparedReceipts) -> String {
    let rows = stored.receipts.iter().map(|receipt| {
        vec![
            moment(receipt.at),
            receipt.reader.to_string(),
            format!("{}/{}", stored.opening.chart, receipt.record),
            receipt.version.to_string(),
            word(&receipt.given),
        ]
    });
    let head = |head: &ReceiptsHead| format!("{} with the digest {}", head.count, head.digest);
    let verdict = match compared.fault {
        None => "the log has exactly these".to_owned(),
        Some(fault) => fault.text().to_owned(),
    };
    let facts = fields(&[
        ("opening", format!("entry {} of chart {}", stored.opening.entry, stored.opening.chart)),
        ("given out by", format!("institution {}", stored.institution)),
        ("in the file", head(&compared.exported)),
        ("in the log", compared.posted.as_ref().map_or_else(|| "none".to_owned(), head)),
        ("verdict", verdict),
    ]);
    format!("{}\n{facts}", table(&["time", "to", "record", "version", "given"], rows))
}
