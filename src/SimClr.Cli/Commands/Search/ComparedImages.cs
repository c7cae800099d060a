using System.CommandLine;
using SimClr.Cli.Display;
using SimClr.Features;
using SimClr.Images;
using SimClr.Reporting;
using SimClr.Search;

namespace SimClr.Cli.Commands;

/// <summary>The images that a command compares with each other: those of an index, or of DATA, which a run embeds.</summary>
internal sealed class ComparedImages
{
    private ComparedImages(ImageIndex index) => Index = index;

    public ImageIndex Index { get; }

    /// <summary>The options that choose the compared images.</summary>
    public sealed record Options(
        Argument<string> Source, ValueOption<string?> Run, OptionSet<EmbedderOptions> Embedder, ValueOption<string> Part)
    {
        public static Options AddTo(PageCommand command) => new(
            command.Take(new Argument<string>("DATA|INDEX")
            {
                Description = "a folder of images or other DATA, or an index file, as simclr index --out made it",
            }),
            command.Take(new ValueOption<string?>(
                "--run", "RUN", "the run folder whose encoder embeds DATA; an index knows its own")),
            new OptionSet<EmbedderOptions>(command, new() { Normalize = true })
                .Add(o => o.Layer, (o, v) => o with { Layer = v }, "K",
                    "of DATA's vectors: 0 for the encoder's h, else a layer of the projection head"),
            command.Take(EmbedCommand.PartOption()));

        /// <summary>Whether something is asked for that only DATA need.</summary>
        public bool AreOfData(ParseResult parsed) => parsed.GetValue(Run) is not null || Embedder.Given(parsed).Any()
            || parsed.GetResult(Part) is { Implicit: false };
    }

    /// <summary>Opens an index, or embeds DATA.</summary>
    /// <param name="session">Shows the progress.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The options.</param>
    /// <param name="mirrored">Whether mirror images count as the same image.</param>
    public static ComparedImages Open(Session session, ParseResult parsed, Options options, bool mirrored = false)
    {
        var source = parsed.GetValue(options.Source)!;
        if (File.Exists(source))
        {
            if (options.AreOfData(parsed))
                throw new UsageException($"{source} is an index and has its vectors; leave out --run, --layer and --part");
            if (mirrored)
                throw new UsageException(
                    $"{source} is an index, which has no vectors of mirror images; for --mirrored give DATA and --run");
            var read = IndexFile.Read(source);
            IndexPlace.TellOfRescaled(session, source, read.Rescaled);
            return new(read);
        }
        var run = parsed.GetValue(options.Run)
            ?? throw new UsageException(
                $"there is no index {source}; for a folder of images or other DATA give --run RUN, whose encoder embeds them");
        using var embedder = Embedder.Open(run, options.Embedder.Read(parsed) with { BothWays = mirrored });
        var parts = EmbedCommand.ImagesOf(source, parsed.GetValue(options.Part)!, embedder.ImageSize);
        var total = parts.Sum(images => images.Count);
        var (index, update) = StageProgress.Run(session, stage =>
        {
            var share = new StageShare(session, stage, $"embedding {Numbers.Count(total)} images", total);
            return ImageIndex.Comparing(embedder, parts, session.Logger, share, session.Cancellation);
        });
        session.NoteUnreadable(update.Unreadable);
        return new(index);
    }

    /// <summary>The stage in which all of them are compared.</summary>
    public StageShare Comparing(Session session, IProgress<string> stage) =>
        new(session, stage, $"comparing all pairs of {Numbers.Count(Index.Images.Count)} images");

    /// <summary>An image's name.</summary>
    public string Name(int position) => Index.Images[position].Image;

    /// <summary>An image, small, or null where it is gone.</summary>
    public RgbImage? Load(int position) => SheetCell.Load(Index.Images[position].Load);

    /// <summary>An image for a page, which loads it.</summary>
    public PageImage OnPage(int position, string caption) => new(Name(position), caption, () => Load(position));

    /// <summary>An image for a contact sheet; a gray square stands in for one that is gone, or for none.</summary>
    public RgbImage OnSheet(int? position)
    {
        if (position is not { } index) return SheetCell.OfNone();
        return Load(index) is { } image ? ImageGrid.Compose([[image]], SheetCell.Side, gap: 0) : SheetCell.OfGone();
    }
}
