//! catalyst
