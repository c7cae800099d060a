using SimClr.Settings;

namespace SimClr.Training;

/// <summary>Has the encoder measured at the end of the epochs for which the settings ask.</summary>
/// <param name="options">The settings.</param>
/// <param name="measure">Measures; null where nobody does.</param>
/// <param name="lastFound">The last accuracy of an earlier sitting, or null.</param>
internal sealed class EpochObserver(PretrainingOptions options, Func<double?>? measure, double? lastFound)
{
    /// <summary>The accuracy as last measured, 0..1; null where it never was.</summary>
    public double? LastFound { get; private set; } = lastFound;

    /// <summary>Measures where it is due.</summary>
    /// <param name="epoch">The epoch that ends, from 1.</param>
    /// <param name="clock">Leaves out the time that it takes.</param>
    /// <returns>The accuracy, or null where it was not measured.</returns>
    public double? AtEndOf(int epoch, TrainingClock clock)
    {
        if (measure is null || options.KnnEpochs == 0) return null;
        if (epoch % options.KnnEpochs != 0 && epoch != options.Schedule.Epochs) return null;
        var found = clock.Pause(measure);
        LastFound = found ?? LastFound;
        return found;
    }
}
