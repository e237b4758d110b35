//! `lodestone campaign new`.

use super::failed;
use crate::args::{CampaignNewArgs, constraints, parsed};
use crate::{Failure, model, plugins, progress, show};
use anyhow::{Result, anyhow};
use campaign::{SourceFile, Wanted, create};
use optimize::suggest::Acquisition;
use screening::Request;

pub fn run(args: &CampaignNewArgs) -> Result<(), Failure> {
    let mut wanted = wanted(args).map_err(Failure::Usage)?;
    for name in &args.models {
        wanted.request.models.push(model::find(name)?);
    }
    load_plugins(args, &mut wanted.request)?;
    let (job, shown) = progress::start();
    let file = match (&args.pool, &args.space) {
        (Some(pool), _) => SourceFile::read(pool),
        (None, Some(space)) => SourceFile::space(space),
        (None, None) => return Err(Failure::Usage(anyhow!("give --pool or --space"))),
    };
    wanted.file = file.map_err(|e| failed(&job, e))?;
    let begun = create(&args.campaign, &wanted, &job).map_err(|e| failed(&job, e))?;
    drop(shown);
    for message in &begun.messages {
        show::tell(message);
    }
    show::tell(format!(
        "{}: {} candidates may be suggested, {} observations so far; `lodestone campaign suggest {}` suggests the first",
        args.campaign.display(),
        begun.kept,
        begun.observations,
        args.campaign.display()
    ));
    Ok(())
}

fn wanted(args: &CampaignNewArgs) -> Result<Wanted> {
    if args
        .campaign
        .extension()
        .is_none_or(|ending| ending != "lode")
    {
        return Err(anyhow!(
            "{}: a campaign's name ends in .lode",
            args.campaign.display()
        ));
    }
    if let Some(budget) = args
        .budget
        .filter(|budget| !(budget.is_finite() && *budget > 0.0))
    {
        return Err(anyhow!("--budget {budget}: write a number above zero"));
    }
    let priors = args.priors.iter().map(|text| {
        let (outcome, property) = text
            .split_once('=')
            .ok_or_else(|| anyhow!("--prior {text}: write OBJECTIVE=PROPERTY"))?;
        Ok((outcome.trim().to_owned(), property.trim().to_owned()))
    });
    let request = Request {
        plugins_are_named: !args.plugins.is_empty(),
        settings: parsed(&args.settings)?,
        formula_column: args.formula_column.clone(),
        // What a campaign stands on does not hang on an adapter.
        device: compute::Choice::Cpu,
        ..Request::default()
    };
    Ok(Wanted {
        file: SourceFile {
            name: String::new(),
            format: "csv",
            bytes: Vec::new(),
        },
        objectives: parsed(&args.objectives)?,
        constraints: constraints(&args.constraints)?,
        request,
        inputs: args.inputs.clone(),
        ignored: args.ignored.clone(),
        used: args.used.clone(),
        priors: priors.collect::<Result<_>>()?,
        blind: args.blind,
        batch: args.batch,
        initial: args.initial,
        leads: args.leads,
        budget: args.budget,
        cost: args.cost.clone(),
        seed: args.seed,
        acquisition: args.acquisition.parse::<Acquisition>()?,
        reference: args.reference.clone(),
    })
}

fn load_plugins(args: &CampaignNewArgs, request: &mut Request) -> Result<(), Failure> {
    if args.plugins.is_empty() {
        return Ok(());
    }
    let host = plugins::host()?;
    for name in &args.plugins {
        let location = plugins::locate(name).map_err(Failure::Usage)?;
        let (plugin, standing) = location.load(&host)?;
        if let Some(mark) = standing.mark() {
            show::tell(format!(
                "lodestone: plugin {} ({}) is {mark}",
                plugin.id(),
                plugin.origin()
            ));
        }
        request.plugins.push(plugin);
    }
    Ok(())
}
