//! Bayesian thresholding.
