//! What goes wrong in a drill, with which suggestion, and how it shows in the campaign.

use ::campaign::{Event, LabEvent, Status};

/// Suggestions in a round.
pub(super) const ROUND: u32 = 4;

/// Rounds of a drill.
pub(super) const ROUNDS: usize = 6;

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// An answer that comes a second time.
    Twice,
    /// An answer that cannot be: in a unit of something else.
    Wrong,
    /// An answer without one of the outcomes.
    Partial,
    /// No answer within the time.
    Timeout,
    /// The answer after it was given up.
    Late,
    /// No answer, ever.
    Never,
    /// Something that is no answer at all.
    Garbage,
    /// An answer to what nobody asked.
    Stranger,
    /// The experiment itself fails, which says something of the candidate.
    Failed,
    /// The lab has no time just now, and is asked again.
    Busy,
    /// The lab does not respond, is asked again with longer pauses, and responds.
    Away,
    /// The lab dies and comes back, and remembers.
    Dies,
    /// The lab does not know what became of an experiment, which is not begun again.
    Lost,
    /// The lab will not take an experiment at all.
    Refused,
    /// The lab is away for so long that the loop stops, and is run again.
    Stopped,
    /// This program ends before it knows the lab's names of what it submitted.
    EndsSubmitting,
    /// This program ends with an answer in its hands that is not kept yet.
    EndsWithAnswer,
}

impl Fault {
    /// All of them, about in the order in which they come.
    pub const ALL: [Self; 17] = [
        Self::Twice,
        Self::Wrong,
        Self::Partial,
        Self::Timeout,
        Self::Never,
        Self::Garbage,
        Self::Failed,
        Self::Late,
        Self::Busy,
        Self::Away,
        Self::Dies,
        Self::Lost,
        Self::EndsSubmitting,
        Self::Stranger,
        Self::Refused,
        Self::EndsWithAnswer,
        Self::Stopped,
    ];

    /// What goes wrong with a suggestion; `None`: nothing.
    pub(super) fn of(suggestion: &str) -> Option<Self> {
        Some(match suggestion {
            "s2" => Self::Twice,
            "s3" => Self::Wrong,
            "s4" => Self::Partial,
            "s5" => Self::Late,
            "s6" => Self::Never,
            "s7" => Self::Garbage,
            "s8" => Self::Failed,
            "s9" => Self::Busy,
            "s10" => Self::Away,
            "s11" => Self::Dies,
            "s12" => Self::Lost,
            "s14" => Self::Stranger,
            "s15" => Self::Refused,
            "s22" => Self::Stopped,
            _ => return None,
        })
    }

    /// Whether an event shows it.
    pub(super) fn shows(self, event: &Event) -> bool {
        let noted = |wanted: &str, of: Option<&str>| {
            let Event::Lab(LabEvent::Noted {
                what, suggestion, ..
            }) = event
            else {
                return false;
            };
            what == wanted && of.is_none_or(|of| suggestion.as_deref() == Some(of))
        };
        match self {
            Self::Twice => noted("twice", Some("s2")),
            Self::Wrong => noted("wrong", Some("s3")),
            Self::Partial => noted("partial", Some("s4")),
            Self::Timeout => noted("timeout", Some("s5")),
            Self::Late => noted("late", Some("s5")),
            Self::Never => noted("timeout", Some("s6")),
            Self::Garbage => noted("garbage", None),
            Self::Stranger => noted("unknown", None),
            Self::Busy => noted("busy", Some("s9")),
            Self::Away => noted("back", None),
            Self::Dies => noted("restarted", None),
            Self::Lost => noted("lost", Some("s12")),
            Self::Refused => noted("refused", Some("s15")),
            Self::Stopped => matches!(event, Event::Lab(LabEvent::Stopped { .. })),
            Self::Failed => match event {
                Event::Observed(observed) => {
                    observed.entries.iter().any(|e| e.status == Status::Failed)
                }
                _ => false,
            },
            Self::EndsSubmitting | Self::EndsWithAnswer => false,
        }
    }
}

/// Where a run of this program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// Before the lab's names of what was submitted are kept.
    BeforeNames,
    /// Before a result is kept.
    BeforeResult,
}

/// Whether this program ends in a round (from 0).
pub(super) fn ends_of_round(round: usize) -> Option<Ends> {
    match round {
        3 => Some(Ends::BeforeNames),
        4 => Some(Ends::BeforeResult),
        _ => None,
    }
}

/// What the end of this program in a round is called.
pub(super) fn fault_of_round(round: usize) -> Fault {
    match ends_of_round(round) {
        Some(Ends::BeforeResult) => Fault::EndsWithAnswer,
        _ => Fault::EndsSubmitting,
    }
}
