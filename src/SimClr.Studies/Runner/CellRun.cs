namespace SimClr.Studies;

/// <summary>
/// The figures of one finished run of a cell; shares are fractions, and null stands for figures that its kind of run does not
/// have.
/// </summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Folder">Its run folder.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="Steps">Steps done.</param>
/// <param name="Seconds">Time spent training.</param>
/// <param name="Loss">Mean loss of the last epoch.</param>
/// <param name="ContrastiveTop1">Mean contrastive accuracy of the last epoch.</param>
/// <param name="Entropy">Mean entropy of the candidates in the last epoch, in nats; null where it was not logged.</param>
/// <param name="LinearTop1">Linear evaluation, top-1; of a supervised run, its own.</param>
/// <param name="LinearTop5">The same, top-5.</param>
/// <param name="KnnTop1">Nearest neighbors, top-1.</param>
/// <param name="ProjectionTop1">Linear evaluation of z, top-1; null where it was not judged.</param>
/// <param name="Parameters">Trainable numbers of the encoder.</param>
public sealed record CellRun(ulong Seed, string Folder, int Epochs, int Steps, double Seconds, double Loss,
    double? ContrastiveTop1, double? Entropy, double LinearTop1, double LinearTop5, double? KnnTop1, double? ProjectionTop1,
    long Parameters);
