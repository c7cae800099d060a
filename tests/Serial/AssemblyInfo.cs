// libtorch uses every core by itself, and the live-tensor counts are process-wide.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
