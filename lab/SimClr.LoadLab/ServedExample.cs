using SimClr.Data;
using SimClr.Features;
using SimClr.Search;
using SimClr.Training;

namespace SimClr.LoadLab;

/// <summary>An encoder that was hardly trained, and an index of drawn shapes.</summary>
internal sealed class ServedExample : IDisposable
{
    public const int Images = 240;

    private readonly string _folder = Directory.CreateTempSubdirectory("simclr-load-").FullName;

    public ServedExample()
    {
        var run = Path.Combine(_folder, "run");
        Pretrainer.Run(new()
        {
            Model = new() { Width = 0.25, ImageSize = 32 },
            Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
            BatchSize = 20,
            Views = new() { Blur = 0 },
            Compute = new() { Threads = 1, Workers = 1, Device = "cpu" },
        }, "shapes:60", run);
        using var embedder = Embedder.Open(run, new() { Normalize = true });
        var splits = DatasetSource.Open($"shapes:{Images}", 32);
        var empty = ImageIndex.Empty(IndexOrigin.Of(embedder));
        IndexFile.Write(Index, empty.Updated(embedder, [splits.Train]).Index);
    }

    public string Index => Path.Combine(_folder, "pictures.index");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
