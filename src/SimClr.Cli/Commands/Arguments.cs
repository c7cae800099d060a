using System.CommandLine;

namespace SimClr.Cli.Commands;

/// <summary>The words that several commands take.</summary>
internal static class Arguments
{
    public static Argument<string?> Data() => new("DATA")
    {
        Description = "shapes or shapes:N (built in, nothing to download), cifar10:DIR, or a folder of pictures",
    };

    public static Argument<string?> OptionalData()
    {
        var data = Data();
        data.Arity = ArgumentArity.ZeroOrOne;
        return data;
    }

    public static Argument<string?> Run() => new("RUN") { Description = "a run folder, as pretrain --out made it" };

    public static Argument<string?> OptionalRun()
    {
        var run = Run();
        run.Arity = ArgumentArity.ZeroOrOne;
        return run;
    }
}
