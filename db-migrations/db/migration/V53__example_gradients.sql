-- Gradient of each example's loss, [examples, weights]. Null for points without a gradient, in runs with many examples, and
-- for points of earlier versions.

alter table composition_evaluation add column example_gradients real[];
