mod ranking;
mod suggest;
mod surrogates;
