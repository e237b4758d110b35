mod baselines;
mod leads;
mod ranking;
mod suggest;
mod surrogates;
