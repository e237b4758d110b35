//! Which structure of a trajectory is shown, and when the next one is.

use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// One of the structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameChoice {
    First,
    Previous,
    Next,
    /// While a run goes on, whichever is the newest.
    Last,
    /// By its place among those kept, from 0.
    At(usize),
}

impl FrameChoice {
    /// Those that need no place.
    pub const NAMED: [Self; 4] = [Self::First, Self::Previous, Self::Next, Self::Last];
}

/// How a trajectory is played.
#[derive(Clone, Debug)]
pub struct Playback {
    /// The place of the structure shown.
    pub frame: usize,
    /// Whether it goes on by itself.
    pub playing: bool,
    /// Structures a second, 1 to 60.
    pub rate: f64,
    /// Whether it begins again at the end.
    pub repeat: bool,
    /// Whether the newest is shown, whichever that is.
    pub follows: bool,
    /// When the structure shown was due.
    since: Option<Instant>,
}

impl Default for Playback {
    fn default() -> Self {
        Self {
            frame: 0,
            playing: false,
            rate: 15.0,
            repeat: false,
            follows: true,
            since: None,
        }
    }
}

impl Playback {
    /// Rates that are taken, structures a second.
    pub const RATES: std::ops::RangeInclusive<f64> = 1.0..=60.0;

    /// From the first structure, as for a new trajectory; rate and repeating stay.
    pub(super) fn rewind(&mut self) {
        *self = Self {
            rate: self.rate,
            repeat: self.repeat,
            ..Self::default()
        };
    }

    /// Goes to a structure and stays there.
    pub(super) fn go(&mut self, to: FrameChoice, count: usize) {
        let last = count.saturating_sub(1);
        self.frame = match to {
            FrameChoice::First => 0,
            FrameChoice::Previous => self.frame.saturating_sub(1),
            FrameChoice::Next => (self.frame + 1).min(last),
            FrameChoice::Last => last,
            FrameChoice::At(place) => place.min(last),
        };
        self.playing = false;
        self.follows = self.frame == last;
    }

    /// Begins to play, from the start where it stands at the end; or stops.
    pub(super) fn play(&mut self, on: bool, count: usize, now: Instant) {
        self.playing = on && count > 1;
        self.since = Some(now);
        if self.playing {
            if self.frame + 1 >= count {
                self.frame = 0;
            }
            self.follows = false;
        }
    }

    /// Takes over how many structures there are; `is_growing` while a run goes on. Shows the one that is due; whether that is
    /// another one than before.
    pub(super) fn advance(&mut self, count: usize, is_growing: bool, now: Instant) -> bool {
        let (before, last) = (self.frame, count.saturating_sub(1));
        if self.follows {
            self.frame = last;
            return self.frame != before;
        }
        self.frame = self.frame.min(last);
        let Some(since) = self.since.filter(|_| self.playing) else {
            return self.frame != before;
        };
        let due = now.saturating_duration_since(since).as_secs_f64() * self.rate;
        // What the window was too slow to draw is passed over, so that the pace is kept.
        let due = due.floor().min(1e9);
        if due >= 1.0 {
            self.since = Some(since + Duration::from_secs_f64(due / self.rate));
            self.frame += due as usize;
            if self.frame > last {
                match self.repeat {
                    true => self.frame %= count.max(1),
                    false => {
                        self.frame = last;
                        self.playing = false;
                        self.follows = is_growing;
                    }
                }
            }
        }
        self.frame != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn playing(rate: f64, repeat: bool) -> (Playback, Instant) {
        let now = Instant::now();
        let mut playback = Playback {
            rate,
            repeat,
            ..Playback::default()
        };
        playback.go(FrameChoice::First, 10);
        playback.play(true, 10, now);
        (playback, now)
    }

    #[test]
    fn frames_are_shown_at_their_rate_however_seldom_the_window_is_drawn() {
        let (mut playback, start) = playing(20.0, false);
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert!(!playback.advance(10, false, at(49)));
        assert!(playback.advance(10, false, at(51)));
        assert_eq!(playback.frame, 1);
        // Two were due meanwhile; the clock does not lose the rest of a step.
        assert!(playback.advance(10, false, at(151)));
        assert_eq!(playback.frame, 3);
        playback.advance(10, false, at(10_000));
        assert_eq!((playback.frame, playback.playing), (9, false));
    }

    #[test]
    fn at_the_end_it_begins_again_where_that_is_wished_and_play_at_the_end_begins_at_the_start() {
        let (mut playback, start) = playing(10.0, true);
        playback.advance(10, false, start + Duration::from_millis(1_250));
        assert_eq!((playback.frame, playback.playing), (2, true));
        playback.go(FrameChoice::Last, 10);
        assert!(!playback.playing && playback.follows);
        playback.play(true, 10, start);
        assert_eq!(playback.frame, 0);
    }

    #[test]
    fn the_newest_is_followed_until_another_is_chosen() {
        let mut playback = Playback::default();
        let now = Instant::now();
        assert!(playback.advance(5, true, now));
        assert_eq!(playback.frame, 4);
        playback.go(FrameChoice::Previous, 5);
        assert!(!playback.advance(9, true, now));
        assert_eq!(playback.frame, 3);
        playback.go(FrameChoice::Last, 9);
        playback.advance(12, true, now);
        assert_eq!(playback.frame, 11);
    }
}
