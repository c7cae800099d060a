using SimClr.Data;
using SimClr.Settings;
using SimClr.Training;

namespace SimClr.Evaluation;

/// <summary>Opening the observer that suits a run.</summary>
public static class RunObserver
{
    /// <summary>The observer of a run: by labels of held-out images where there are any, else by views.</summary>
    /// <param name="options">The run's settings.</param>
    /// <param name="data">The run's data; opened only where the settings ask for an observer.</param>
    /// <returns>Null where the settings ask for none, or all they ask for needs labels that the data do not have.</returns>
    /// <exception cref="DataException">The data cannot be opened.</exception>
    public static IEncoderObserver? Open(PretrainingOptions options, OpenedData data) =>
        (IEncoderObserver?)KnnObserver.Open(options, data) ?? ViewObserver.Open(options, data);
}
