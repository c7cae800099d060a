using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Features;
using SimClr.Files;
using SimClr.Images;
using SimClr.Native;
using SimClr.Runs;
using SimClr.Settings;

namespace SimClr.Reporting;

/// <summary>
/// Draws what a run's encoder considers similar: images next to their nearest neighbors, and a map of images. No labels are
/// needed; where there are any they choose images evenly and color frames.
/// </summary>
public static class RunGallery
{
    /// <summary>Draws to <c>RUN/neighbors.png</c> and <c>RUN/map.png</c>; <c>RUN/gallery.json</c> says of what.</summary>
    /// <param name="request">
    /// The request: the run, the data (its test part, or its training part where there is no other), how many of the
    /// images at most (<see cref="EvaluationRequest.Limit"/>), and how their features are computed. Features are always the
    /// encoder's, of one view of each image.
    /// </param>
    /// <param name="progress">Receives the name of each stage, in a few words.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>How many images were compared; those that cannot be read are left out.</returns>
    /// <exception cref="SettingsException">The request is out of bounds.</exception>
    /// <exception cref="RunFolderException">There is no such run, or it has no encoder yet.</exception>
    /// <exception cref="DataException">The data cannot be used, or fewer than two images can be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing was written.</exception>
    public static int Draw(EvaluationRequest request, IProgress<string>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validated();
        var run = RunFolder.Open(request.Run);
        var config = run.ReadConfig();
        var options = config.Options;
        run.RequireEncoder();
        using var encoder = Backbone.Open(run, options.Model, layer: 0);
        var side = request.ImageSize > 0 ? request.ImageSize : options.Model.EvaluationSide;
        var data = DatasetSource.Open(request.Data, side);
        var shown = Subset.Limited(data.Test.Count > 0 ? data.Test : data.Train, request.Limit, request.Seed);
        TorchRuntime.SetThreads(request.Compute.Threads);
        data = data with { Test = shown };
        var shownData = EvaluatedData.Describe(request.Data, data, config, cancellationToken) with { Learned = null };
        var features = new SplitFeatures(request, data, progress, cancellationToken);
        using var encoded = features.Of(encoder, side, options.Model.ToNormalization(), "encoder");
        var set = encoded.Test.Validated();
        if (set.Count < 2)
            throw new DataException($"{shown.Name}: fewer than two images can be read; there is nothing to compare.");
        progress?.Report("neighbors and map");
        Write(run, new FeatureGallery(set, shown, features.TestImages, request.Seed), shownData);
        return set.Count;
    }

    /// <summary>Draws the encoder's features that an evaluation measured, to the same files.</summary>
    /// <param name="evaluated">The results; of the encoder, not of its head, and of one view of each image.</param>
    /// <param name="progress">Receives the name of the stage; or null.</param>
    /// <exception cref="ArgumentException">It is of a layer of the head, or of means over several views.</exception>
    public static void Draw(EvaluatedRun evaluated, IProgress<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(evaluated);
        if (evaluated.Layer != 0)
            throw new ArgumentException("A gallery shows the encoder, not a layer of its head.", nameof(evaluated));
        if (evaluated.UseViews != 1)
            throw new ArgumentException("A gallery shows features of one view of each image, not means.", nameof(evaluated));
        progress?.Report("neighbors and map of test images");
        Write(RunFolder.Open(evaluated.Run),
            new FeatureGallery(evaluated.TestFeatures, evaluated.TestData, evaluated.TestRows, evaluated.Seed),
            evaluated.MeasuredOn with { Learned = null });
    }

    // Draws both images to a run folder, and writes down what they show.
    private static void Write(RunFolder run, FeatureGallery gallery, EvaluatedData shown)
    {
        var (neighbors, map) = (gallery.DrawNeighbors(), gallery.DrawMap());
        var record = run.File(GalleryResult.FileName);
        File.Delete(record); // where the process is killed between the files, none says of one that it is another
        ImageCodec.WritePng(run.File(FeatureGallery.NeighborsFile), neighbors);
        ImageCodec.WritePng(run.File(FeatureGallery.MapFile), map);
        AtomicFile.Write(record, new GalleryResult(gallery.Count, gallery.ClassCount, shown).ToJson());
    }
}
