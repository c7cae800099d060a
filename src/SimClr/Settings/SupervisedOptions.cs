namespace SimClr.Settings;

/// <summary>How a network is trained with labels: a run's settings without those of pretraining alone.</summary>
public sealed record SupervisedOptions
{
    /// <summary>The network, and the images that it is used to; the projection head is not looked at.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>How images become views; each gives one, as a first view is made.</summary>
    public ViewOptions Views { get; init; } = new();

    /// <summary>How gradients change the weights; SGD has Nesterov's momentum.</summary>
    public OptimizationOptions Optimization { get; init; } = new();

    /// <summary>Epochs and learning rate.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>The device, the precision and the threads.</summary>
    public ComputeOptions Compute { get; init; } = new();

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The settings of a run, as far as training with labels has them.</summary>
    public static SupervisedOptions Of(PretrainingOptions settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new()
        {
            Model = settings.Model,
            Views = settings.Views,
            Optimization = settings.Optimization,
            Schedule = settings.Schedule,
            Compute = settings.Compute,
            BatchSize = settings.BatchSize,
            Seed = settings.Seed,
        };
    }

    /// <summary>Checks every value.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="SettingsException">A value is out of its bounds; the message names property, bound and value.</exception>
    public SupervisedOptions Validated()
    {
        Require.Part(Model, nameof(Model)).Validated();
        Require.Part(Views, nameof(Views)).Validated();
        Require.Part(Optimization, nameof(Optimization)).Validated();
        Require.Part(Schedule, nameof(Schedule)).Validated();
        Require.Part(Compute, nameof(Compute)).Validated();
        Require.BatchSize(BatchSize);
        return this;
    }
}
