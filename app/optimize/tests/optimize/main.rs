mod ranking;
mod suggest;
