using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>A value that an option cannot take: the library names its property, and the command names the option.</summary>
public sealed class WrongValueTests
{
    [Theory]
    [InlineData(
        "--micro-batch must be between 2 and --batch-size (8), or 0 for the whole batch, not 9; see simclr pretrain --help",
        "pretrain", "shapes", "--out", "x", "--batch-size", "8", "--micro-batch", "9")]
    [InlineData("--transforms must begin with crop where it is used: flip,crop; see",
        "pretrain", "shapes", "--out", "x", "--transforms", "flip,crop")]
    [InlineData("--temperature must be above 0, not 0; see simclr evaluate knn --help",
        "evaluate", "knn", "nowhere", "shapes", "--temperature", "0")]
    [InlineData(
        "--use-views must be 1 (the image), 2 (the image and its mirror image) or 10 (ten-crop), not 3; see simclr evaluate knn "
        + "--help", "evaluate", "knn", "nowhere", "shapes", "--use-views", "3")]
    [InlineData("--use-views must be 1 (the image), 2 (", "embed", "nowhere", "shapes", "--out", "v.npy", "--use-views", "0")]
    [InlineData("--use-views must be 1 (the image), 2 (", "index", "nowhere", "shapes", "--out", "i", "--use-views", "11")]
    [InlineData("--threshold must be between -1 and 1 (a cosine), not 2; see simclr duplicates --help",
        "duplicates", "nowhere", "--run", "nowhere", "--threshold", "2")]
    [InlineData("--layer must be at least 0 (0 is the encoder), not -1; see simclr embed --help",
        "embed", "nowhere", "shapes", "--out", "v.npy", "--layer", "-1")]
    [InlineData("Give one of --fraction, --per-class and --labels: each says which labels to use; see",
        "evaluate", "finetune", "nowhere", "shapes", "--fraction", "0.1", "--per-class", "3")]
    [InlineData("--max-upload-mb must be between 1 and 500, not 0; see simclr serve --help", "serve", "nowhere",
        "--max-upload-mb", "0")]
    [InlineData(
        "With --public-name others than this machine can ask; give --token-file FILE with a secret that they must know, or "
        + "--no-token where a proxy or a firewall checks who asks; see", "serve", "nowhere", "--public-name",
        "photos.example.com")]
    [InlineData("--certificate-key needs --certificate; see", "serve", "nowhere", "--certificate-key", "key.pem")]
    [InlineData("--dim must be between 1 and 65536, not 0; see simclr bench loss --help", "bench", "loss", "--dim", "0")]
    [InlineData("--seeds must all be different, not 1,1; see simclr study --help",
        "study", "temperature", "shapes", "--out", "x", "--seeds", "1,1")]
    public Task A_value_out_of_bounds_is_code_2_and_names_the_option(string words, params string[] args) => Fails(2, words, args);

    [Theory]
    [InlineData("--out must end in .npy, .parquet or .csv, not 'v.txt'.", "embed", "nowhere", "shapes", "--out", "v.txt")]
    [InlineData("There is no index nowhere; simclr index RUN DATA --out makes one.", "search", "nowhere", "a.png")]
    [InlineData("There is no classifier nowhere; simclr train-classifier RUN DATA makes one.", "classify", "nowhere", "a.png")]
    [InlineData("nowhere does not exist; give the folder that pretrain --out made.", "info", "nowhere")]
    [InlineData("There is no index or run nowhere; simclr index RUN DATA --out makes an index.", "serve", "nowhere", "--port",
        "0")]
    [InlineData("--batch-size 256 is larger than the 20 images of shapes train; use at most 20.",
        "pretrain", "shapes:20", "--out", "{new}")]
    public async Task A_failure_is_code_1_and_names_options_and_commands(string words, params string[] args)
    {
        using var folder = new TemporaryFolder();
        await Fails(1, words, [.. args.Select(arg => arg.Replace("{new}", folder.At("run"), StringComparison.Ordinal))]);
    }

    private static async Task Fails(int code, string words, params string[] args) =>
        CliProcess.FailedInOneLine(await CliProcess.Run(args), code, "simclr: " + words);
}
