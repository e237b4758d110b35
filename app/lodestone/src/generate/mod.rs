//! `lodestone generate`: structure types times elements, written as structure files and a table.

mod question;
mod write;

use crate::args::GenerateArgs;
use crate::model::on_threads;
use crate::{Failure, files, progress, show};
use anyhow::anyhow;
use job::Job;
use prototype::listing::TABLE;
use prototype::{Generated, Known, Prototype, PrototypeError, Rejected, generate};
use std::path::Path;

pub fn run(args: &GenerateArgs) -> Result<(), Failure> {
    on_threads(args.threads, || match args.list {
        true => list(args),
        false => make(args),
    })
}

fn make(args: &GenerateArgs) -> Result<(), Failure> {
    let prototypes = question::prototypes(&args.prototypes)?;
    let request = question::request(args).map_err(Failure::Usage)?;
    let Some(folder) = &args.output else {
        return Err(Failure::Usage(anyhow!("give a folder with --output")));
    };
    write::check_folder(folder).map_err(Failure::Failed)?;
    let (job, shown) = progress::start();
    let known = known(&prototypes, args, &job)?;
    let mut rejected: Vec<Rejected> = Vec::new();
    let keep = args.rejected.is_some();
    let found = generate(&prototypes, &request, &job, |one| {
        if keep {
            rejected.push(one);
        }
    });
    let found = found.map_err(|error| match error {
        PrototypeError::Number { .. } => Failure::Usage(error.into()),
        error => files::failed(&job, error.into()),
    })?;
    let rows = write::rows(&found.candidates, args.format, &known, &request.tolerance);
    let written = write::all(folder, &rows, &found.candidates, args.format, &job);
    written.map_err(|error| files::failed(&job, error))?;
    if let Some(path) = &args.rejected {
        write::rejected(path, &rejected).map_err(Failure::Failed)?;
    }
    drop(shown);
    if args.json {
        return write::json(&found, &rows);
    }
    tell(
        &found,
        rows.iter().filter(|r| !r.known.is_empty()).count(),
        folder,
    );
    Ok(())
}

/// What is known: the prototypes themselves, and the user's files.
fn known(prototypes: &[Prototype], args: &GenerateArgs, job: &Job) -> Result<Known, Failure> {
    job.stage("reading what is known", None);
    let mut known = Known::with_prototypes(prototypes);
    let mut paths = Vec::new();
    for path in &args.known {
        match path.is_dir() {
            true => {
                let files = question::structure_files(path).map_err(Failure::Failed)?;
                paths.extend(files.into_iter().map(|file| (file, true)));
            }
            false => paths.push((path.clone(), false)),
        }
    }
    let mut unused = 0;
    for (path, is_one_of_many) in &paths {
        job.check()
            .map_err(|error| files::failed(job, error.into()))?;
        let structures = match crystal::format::read_file(path) {
            Ok(structures) => structures,
            // Nobody named it: the others of its folder count all the same.
            Err(error) if *is_one_of_many => {
                show::tell(format!("--known: {error}; it is not compared"));
                continue;
            }
            Err(error) => return Err(Failure::Failed(anyhow!(error).context("--known"))),
        };
        let several = structures.len() > 1;
        for (number, structure) in structures.iter().enumerate() {
            let name = match several {
                true => format!("{}#{}", path.display(), number + 1),
                false => path.display().to_string(),
            };
            unused += usize::from(known.add(&name, structure).is_err());
        }
    }
    if unused > 0 {
        show::tell(format!(
            "--known: {unused} structures are not compared, because their symmetry cannot be found"
        ));
    }
    Ok(known)
}

/// Says on standard error what was made and what became of the rest.
fn tell(found: &Generated, known: usize, folder: &Path) {
    for (name, why) in &found.left_out {
        show::tell(format!("prototype {name} is left out: {why}"));
    }
    show::tell(format!("{} combinations of elements", found.combinations));
    for (why, count) in &found.rejected {
        show::tell(format!("  {count}: {}", why.reason()));
    }
    show::tell(format!(
        "{} candidates in {}, {known} of them known",
        found.candidates.len(),
        folder.join(TABLE).display()
    ));
}

/// The prototypes as a table or JSON.
fn list(args: &GenerateArgs) -> Result<(), Failure> {
    let prototypes = question::prototypes(&args.prototypes)?;
    if args.json {
        return write::json_of_prototypes(&prototypes);
    }
    let header = ["name", "formula", "space group", "sites", "also called"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for prototype in &prototypes {
        rows.push(vec![
            prototype.name.clone(),
            prototype.formula.clone(),
            format!("{} {}", prototype.space_group, prototype.symbol),
            prototype.structure.sites.len().to_string(),
            prototype.called.join(", "),
        ]);
    }
    write::print_table(rows)
}
