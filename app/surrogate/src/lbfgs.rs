//! Minimisation of a smooth function of a few variables by limited-memory BFGS.
//!
//! J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed., Springer 2006: two-loop recursion, algorithm 7.4; line search
//! to the strong Wolfe conditions, algorithms 3.5 and 3.6.

/// Pairs of steps and gradient changes that are kept.
const MEMORY: usize = 10;
/// Wolfe conditions: sufficient decrease, curvature.
const DECREASE: f64 = 1e-4;
const CURVATURE: f64 = 0.9;
/// Evaluations that one line search may take.
const SEARCH: usize = 25;

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    /// The largest component of the gradient.
    pub gradient: f64,
    /// The decrease of the function in one step, relative to `max(|f|, 1)`.
    pub decrease: f64,
    pub iterations: usize,
}

/// Where the search ended.
#[derive(Clone, Debug)]
pub(crate) struct Minimum {
    pub at: Vec<f64>,
    pub value: f64,
}

/// A point on the line: step, value, slope along the line, gradient.
struct Trial {
    step: f64,
    value: f64,
    slope: f64,
    gradient: Vec<f64>,
}

/// Minimises `function`, which gives its value and writes its gradient; a value that is not finite says "not there".
/// The answer is never worse than `start`. An `Err` of the function (a cancelled job) ends the search at once.
pub(crate) fn minimize<E>(
    start: &[f64],
    stop: Stop,
    mut function: impl FnMut(&[f64], &mut [f64]) -> Result<f64, E>,
) -> Result<Minimum, E> {
    let n = start.len();
    let mut x = start.to_vec();
    let mut gradient = vec![0.0; n];
    let mut value = function(&x, &mut gradient)?;
    let mut history: std::collections::VecDeque<(Vec<f64>, Vec<f64>, f64)> = Default::default();
    let finite =
        |value: f64, gradient: &[f64]| value.is_finite() && gradient.iter().all(|g| g.is_finite());
    if !finite(value, &gradient) {
        return Ok(Minimum {
            at: x,
            value: f64::INFINITY,
        });
    }
    for _ in 0..stop.iterations {
        let steepest = gradient.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
        if steepest <= stop.gradient {
            break;
        }
        let mut direction = descent(&gradient, &history);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            history.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = dot(&direction, &gradient);
        }
        // Without curvature known, the first step moves no variable by more than one.
        let first = if history.is_empty() {
            (1.0 / steepest).min(1.0)
        } else {
            1.0
        };
        let mut try_step = |step: f64| -> Result<Trial, E> {
            let at: Vec<f64> = x
                .iter()
                .zip(&direction)
                .map(|(x, d)| x + step * d)
                .collect();
            let mut gradient = vec![0.0; n];
            let value = function(&at, &mut gradient)?;
            let ok = finite(value, &gradient);
            Ok(Trial {
                step,
                value: if ok { value } else { f64::INFINITY },
                slope: if ok {
                    dot(&gradient, &direction)
                } else {
                    f64::INFINITY
                },
                gradient,
            })
        };
        let Some(found) = line_search(value, slope, first, &mut try_step)? else {
            if history.is_empty() {
                break;
            }
            history.clear();
            continue;
        };
        let step: Vec<f64> = direction.iter().map(|d| found.step * d).collect();
        let change: Vec<f64> = found
            .gradient
            .iter()
            .zip(&gradient)
            .map(|(new, old)| new - old)
            .collect();
        let curvature = dot(&step, &change);
        x.iter_mut().zip(&step).for_each(|(x, s)| *x += s);
        let decrease = value - found.value;
        value = found.value;
        gradient = found.gradient;
        if curvature > 1e-12 * dot(&change, &change) {
            if history.len() == MEMORY {
                history.pop_front();
            }
            history.push_back((step, change, 1.0 / curvature));
        }
        if decrease <= stop.decrease * value.abs().max(1.0) {
            break;
        }
    }
    Ok(Minimum { at: x, value })
}

/// The two-loop recursion: minus the inverse Hessian, as far as known, times the gradient.
fn descent(
    gradient: &[f64],
    history: &std::collections::VecDeque<(Vec<f64>, Vec<f64>, f64)>,
) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut weights = Vec::with_capacity(history.len());
    for (step, change, rho) in history.iter().rev() {
        let weight = rho * dot(step, &q);
        q.iter_mut().zip(change).for_each(|(q, y)| *q -= weight * y);
        weights.push(weight);
    }
    if let Some((_, change, rho)) = history.back() {
        let scale = 1.0 / (rho * dot(change, change));
        q.iter_mut().for_each(|q| *q *= scale);
    }
    for ((step, change, rho), weight) in history.iter().zip(weights.iter().rev()) {
        let correction = weight - rho * dot(change, &q);
        q.iter_mut()
            .zip(step)
            .for_each(|(q, s)| *q += correction * s);
    }
    q
}

/// A step that meets the strong Wolfe conditions, or the best that only decreases; `None` if none decreases.
fn line_search<E>(
    value: f64,
    slope: f64,
    first: f64,
    try_step: &mut impl FnMut(f64) -> Result<Trial, E>,
) -> Result<Option<Trial>, E> {
    let enough = |t: &Trial| t.value <= value + DECREASE * t.step * slope;
    let mut low = Trial {
        step: 0.0,
        value,
        slope,
        gradient: Vec::new(),
    };
    let mut high: Option<Trial> = None;
    let mut step = first;
    for _ in 0..SEARCH {
        let trial = try_step(step)?;
        if !enough(&trial) || (low.step > 0.0 && trial.value >= low.value) {
            high = Some(trial);
        } else if trial.slope.abs() <= -CURVATURE * slope {
            return Ok(Some(trial));
        } else {
            let turned = match &high {
                None => trial.slope >= 0.0,
                Some(high) => trial.slope * (high.step - low.step) >= 0.0,
            };
            let before = std::mem::replace(&mut low, trial);
            if turned {
                high = Some(before);
            }
        }
        step = match &high {
            None => low.step * 2.5,
            Some(high) => between(&low, high),
        };
        if let Some(high) = &high
            && (high.step - low.step).abs() < 1e-12 * low.step.max(1e-3)
        {
            break;
        }
    }
    Ok((low.step > 0.0).then_some(low))
}

/// The minimum of the cubic through both ends, kept a tenth of the interval away from either.
fn between(low: &Trial, high: &Trial) -> f64 {
    let width = high.step - low.step;
    let middle = low.step + 0.5 * width;
    if !(high.value.is_finite() && high.slope.is_finite()) {
        return low.step + 0.1 * width;
    }
    let d1 = low.slope + high.slope - 3.0 * (high.value - low.value) / width;
    let square = d1 * d1 - low.slope * high.slope;
    if square < 0.0 {
        return middle;
    }
    let d2 = square.sqrt().copysign(width);
    let share = 1.0 - (high.slope + d2 - d1) / (high.slope - low.slope + 2.0 * d2);
    if share.is_finite() {
        low.step + share.clamp(0.1, 0.9) * width
    } else {
        middle
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOP: Stop = Stop {
        gradient: 1e-8,
        decrease: 0.0,
        iterations: 200,
    };

    #[test]
    fn finds_the_minimum_of_rosenbrocks_valley() {
        let mut evaluations = 0;
        let found = minimize(&[-1.2, 1.0], STOP, |x, g| {
            evaluations += 1;
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            g[0] = -2.0 * a - 400.0 * x[0] * b;
            g[1] = 200.0 * b;
            Ok::<_, ()>(a * a + 100.0 * b * b)
        })
        .expect("never cancelled");
        assert!((found.at[0] - 1.0).abs() < 1e-6 && (found.at[1] - 1.0).abs() < 1e-6);
        assert!(evaluations < 80, "{evaluations}");
    }

    #[test]
    fn stays_inside_where_the_function_exists() {
        // x - ln x, not defined below 0; its minimum is at 1.
        let found = minimize(&[20.0], STOP, |x, g| {
            g[0] = 1.0 - 1.0 / x[0];
            Ok::<_, ()>(if x[0] > 0.0 {
                x[0] - x[0].ln()
            } else {
                f64::NAN
            })
        })
        .expect("never cancelled");
        assert!((found.at[0] - 1.0).abs() < 1e-6, "{:?}", found.at);
    }

    #[test]
    fn hands_an_error_of_the_function_on() {
        let mut calls = 0;
        let ended = minimize(&[3.0], STOP, |x, g| {
            calls += 1;
            g[0] = 2.0 * x[0];
            if calls > 1 {
                Err("stopped")
            } else {
                Ok(x[0] * x[0])
            }
        });
        assert_eq!(ended.unwrap_err(), "stopped");
    }
}
