//! Campaigns: beginning one over the candidates that are open, what it suggests, results, labs, and what is taken back.
//!
//! The file is opened for each piece of work and closed after it, so that the command line may use it in between; panels see
//! a [`CampaignView`], taken when the work was done. What stands in a campaign is no part of undo: its events are taken back by
//! events.

mod begin;
mod drill;
mod results;
mod settings;
mod view;
mod work;

pub use ::campaign::{Acceleration, Basis, Estimate};
pub use drill::{Drill, DrillEnd, DrillLine, Fault, Speaker};
pub use settings::{
    CampaignPage, CampaignPlot, CampaignSettings, LabOrigin, LabSettings, TypedResult,
};
pub use view::{BestView, Calibration, CampaignView, HistoryLine, SuggestionView};

use crate::chart;
use crate::command::Command;
use crate::error::WorkbenchError;
use crate::state::{LogLevel, Panel, TaskKind};
use crate::work::{Done, Workbench};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
pub use work::in_words_of;
pub(crate) use work::{Did, Work};

/// What there is to see of the campaign that the project has open.
#[derive(Debug, Default)]
pub struct CampaignsState {
    /// As it was after the last work on it; `None` while it is first read, and where it cannot be.
    pub view: Option<Arc<CampaignView>>,
    /// Why the last work came to nothing.
    pub error: Option<String>,
    /// What the last work did, a line each.
    pub told: Vec<String>,
    /// How many times faster than random search it was so far, or why that cannot be told; `None` until it was found out.
    pub faster: Option<Result<Acceleration, String>>,
    /// The part of the panel that is shown.
    pub page: CampaignPage,
    /// The fire drill, while it goes on and after it.
    pub drill: Option<Arc<Drill>>,
}

/// What workers show before they are done: the newest alone counts.
#[derive(Default)]
pub(crate) struct Feed {
    view: Mutex<Option<Arc<CampaignView>>>,
    drill: Mutex<Option<Arc<Drill>>>,
}

fn put<T>(place: &Mutex<Option<T>>, value: Option<T>) -> Option<T> {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut *place, value)
}

impl Workbench {
    /// Does the commands about campaigns.
    pub(crate) fn execute_campaign_command(
        &mut self,
        command: Command,
    ) -> Result<(), WorkbenchError> {
        match command {
            Command::NewCampaign { settings, path } => {
                let path = path.ok_or(WorkbenchError::NoPath("begin the campaign"))?;
                let path = self.with_ending(path, "lode")?;
                self.begin_campaign(*settings, path)?;
            }
            Command::OpenCampaign { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("open the campaign"))?;
                if self.state.project.campaign.as_ref() == Some(&path) {
                    self.look_at_campaign();
                }
                self.remember(path.clone());
                self.state.project.campaign = Some(path);
                self.state.campaigns.page = CampaignPage::Overview;
                self.bring_to_front(Panel::Campaign);
            }
            Command::CloseCampaign => self.state.project.campaign = None,
            Command::ReadCampaign => self.work_on_campaign(Work::Look)?,
            Command::SuggestNext { count } => {
                self.work_on_campaign(Work::Suggest { count })?;
                self.state.campaigns.page = CampaignPage::Suggestions;
            }
            Command::WriteWorksheet { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("write the worksheet"))?;
                self.work_on_campaign(Work::Worksheet { path })?;
            }
            Command::ImportResults { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("take in the results"))?;
                self.work_on_campaign(Work::Import { path })?;
                self.state.campaigns.page = CampaignPage::Results;
            }
            Command::EnterResults { results } => self.work_on_campaign(Work::Enter { results })?,
            Command::RunCampaign { settings } => {
                self.work_on_campaign(Work::Run { settings })?;
            }
            Command::RetractEvent {
                event,
                entry,
                reason,
            } => {
                let reason = reason.trim().to_owned();
                if reason.is_empty() {
                    return Err(WorkbenchError::NoReason);
                }
                self.work_on_campaign(Work::Retract {
                    event,
                    entry,
                    reason,
                })?;
            }
            Command::VerifyCampaign => self.work_on_campaign(Work::Verify)?,
            Command::ReportCampaign { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("write the report"))?;
                self.work_on_campaign(Work::Report { path })?;
            }
            Command::ExportObservations { path } => {
                let path = path.ok_or(WorkbenchError::NoPath("export the observations"))?;
                self.work_on_campaign(Work::Observations { path })?;
            }
            Command::ExportCampaignPlot { plot, path } => {
                let path = path.ok_or(WorkbenchError::NoPath("export the plot"))?;
                self.export_campaign_plot(plot, path)?;
            }
            Command::ShowCampaignPage { page } => {
                self.state.campaigns.page = page;
                self.bring_to_front(Panel::Campaign);
            }
            Command::StartDrill { pace } => {
                self.state.campaigns.page = CampaignPage::Drill;
                self.bring_to_front(Panel::Campaign);
                self.start_drill(pace);
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads the campaign that the project names, or forgets the one before.
    pub(crate) fn look_at_campaign(&mut self) {
        self.stop(TaskKind::Campaign);
        self.stop(TaskKind::Compare);
        let campaigns = &mut self.state.campaigns;
        (campaigns.view, campaigns.error, campaigns.faster) = (None, None, None);
        campaigns.told.clear();
        if let Some(path) = self.state.project.campaign.clone() {
            self.start_campaign_work(path, Work::Look);
        }
    }

    /// Starts work on the campaign; one piece at a time, since each adds to the same file.
    fn work_on_campaign(&mut self, work: Work) -> Result<(), WorkbenchError> {
        let path = self.state.project.campaign.clone();
        let path = path.ok_or(WorkbenchError::NoCampaign)?;
        if self.state.is_busy(TaskKind::Campaign) {
            return Err(WorkbenchError::CampaignBusy);
        }
        self.state.campaigns.error = None;
        self.state.campaigns.told.clear();
        self.start_campaign_work(path, work);
        Ok(())
    }

    fn start_campaign_work(&mut self, path: PathBuf, work: Work) {
        self.stop(TaskKind::Compare);
        let (feed, wake) = (self.feed.clone(), self.setup.wake.clone());
        self.start(TaskKind::Campaign, move |job| {
            let show = |view: CampaignView| {
                put(&feed.view, Some(Arc::new(view)));
                wake();
            };
            Done::Campaign(Box::new(work.run(path, &show, job)))
        });
    }

    /// Takes over what work on the campaign came to.
    pub(crate) fn take_campaign(&mut self, did: Did) {
        // What was shown in between is older.
        put(&self.feed.view, None);
        if let Some(view) = did.view {
            let path = view.path.clone();
            self.state.campaigns.view = Some(Arc::new(view));
            self.compare_campaign(path);
        }
        for line in &did.told {
            self.log(LogLevel::Note, line.clone());
        }
        // A look at the file tells nothing: what its beginning told stays.
        if !did.told.is_empty() {
            self.state.campaigns.told = did.told;
        }
        if let Some(error) = did.error {
            self.log(LogLevel::Error, error.clone());
            self.state.campaigns.error = Some(error);
        }
    }

    /// Finds out how many times faster than random search the campaign was. It takes a while and changes nothing, so the next
    /// piece of work does not wait for it.
    fn compare_campaign(&mut self, path: PathBuf) {
        self.state.campaigns.faster = None;
        self.start(TaskKind::Compare, move |job| {
            Done::Compared(work::faster(&path, job))
        });
    }

    /// Takes over a campaign that was begun: it is the project's from now on.
    pub(crate) fn take_begun(&mut self, path: PathBuf, begun: Result<Vec<String>, WorkbenchError>) {
        match begun {
            Ok(told) => {
                self.apply(Command::OpenCampaign { path: Some(path) });
                for line in &told {
                    self.log(LogLevel::Note, line.clone());
                }
                self.state.campaigns.told = told;
            }
            Err(error) if error.is_cancelled() => {}
            Err(error) => {
                self.log(LogLevel::Error, error.to_string());
                self.state.campaigns.error = Some(error.to_string());
            }
        }
    }

    /// Takes over what workers show before they are done; whether there was anything.
    pub(crate) fn take_feed(&mut self) -> bool {
        let view = put(&self.feed.view, None);
        let view = view.filter(|view| self.state.project.campaign.as_ref() == Some(&view.path));
        let drill = put(&self.feed.drill, None);
        let any = view.is_some() || drill.is_some();
        if view.is_some() {
            self.state.campaigns.view = view;
        }
        if drill.is_some() {
            self.state.campaigns.drill = drill;
        }
        any
    }

    fn start_drill(&mut self, pace: u32) {
        put(&self.feed.drill, None);
        self.state.campaigns.drill = Some(Arc::default());
        let (feed, wake) = (self.feed.clone(), self.setup.wake.clone());
        self.start(TaskKind::Drill, move |job| {
            let show = move |drill: Drill| {
                put(&feed.drill, Some(Arc::new(drill)));
                wake();
            };
            Done::Drill(Arc::new(drill::drill(pace, Box::new(show), job)))
        });
    }

    pub(crate) fn take_drill(&mut self, drill: Arc<Drill>) {
        put(&self.feed.drill, None);
        if let Some(Err(why)) = &drill.end {
            self.log(LogLevel::Warning, format!("fire drill: {why}"));
        }
        self.state.campaigns.drill = Some(drill);
    }

    fn export_campaign_plot(
        &mut self,
        plot: CampaignPlot,
        path: PathBuf,
    ) -> Result<(), WorkbenchError> {
        const PICTURE: (f32, f32) = (800.0, 600.0);
        const TEXT: f32 = 13.0;
        let view = self.state.campaigns.view.clone();
        let view = view.ok_or(WorkbenchError::NoCampaign)?;
        let chart = match plot {
            CampaignPlot::Convergence => view
                .convergence
                .as_ref()
                .map(|trace| chart::trace_marks(trace, PICTURE, TEXT)),
            CampaignPlot::Front => view
                .front
                .as_ref()
                .map(|front| chart::front_marks(front, PICTURE, TEXT)),
            CampaignPlot::Calibration(at) => {
                let found = view.calibration.get(at);
                found.map(|calibration| chart::parity(&calibration.parity))
            }
        };
        let chart = chart.ok_or(WorkbenchError::NothingMeasured)?;
        let fonts = self.setup.fonts.clone();
        self.start(TaskKind::Export, move |_| {
            let written = chart::write_picture(&chart.drawing, &fonts, &path);
            Done::Exported(path, written)
        });
        Ok(())
    }
}
