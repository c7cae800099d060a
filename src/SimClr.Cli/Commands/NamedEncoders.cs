using System.CommandLine;
using SimClr.Cli.Display;
using SimClr.Pretrained;
using SimClr.Runs;

namespace SimClr.Cli.Commands;

/// <summary>Names of pretrained encoders in the place of run folders. Naming one is asking for it: it is fetched once.</summary>
internal static class NamedEncoders
{
    /// <summary>The options and arguments whose value can be a run.</summary>
    private static readonly string[] Places = ["RUN", "INDEX|RUN", "--run", "--initial-weights"];

    /// <summary>Fetches what a command line names and this user does not have yet.</summary>
    /// <exception cref="PretrainedException">It cannot be had.</exception>
    public static void Fetch(Session session, ParseResult parsed)
    {
        var symbols = ((IEnumerable<Symbol>)parsed.CommandResult.Command.Arguments).Concat(parsed.CommandResult.Command.Options);
        foreach (var symbol in symbols.Where(symbol => Places.Contains(symbol.Name)))
            if (parsed.GetResult(symbol) is { Tokens: [var token] } && !Path.Exists(token.Value)
                && PretrainedEncoders.Find(token.Value) is { } encoder)
                Get(session, encoder);
    }

    /// <summary>Refuses an encoder that settings name and that is not here. Only the user's own word fetches one.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public static void RequireHere(string initialWeights)
    {
        if (!Path.Exists(initialWeights) && !EncoderCache.Has(initialWeights)
            && PretrainedEncoders.Find(initialWeights) is { } encoder)
            throw new UsageException(
                $"the settings begin with {encoder.Name}, which is not here yet; add --initial-weights {encoder.Name}, or fetch "
                + $"it with: {CommandName.Text} import {encoder.Name}");
    }

    /// <summary>The run folder of an encoder, which is fetched if need be.</summary>
    /// <exception cref="PretrainedException">It cannot be had.</exception>
    public static string Get(Session session, PretrainedEncoder encoder)
    {
        if (EncoderCache.Has(encoder.Name)) return EncoderCache.PlaceOf(encoder.Name);
        return StageProgress.Run(session, progress =>
            PretrainedEncoders.GetAsync(encoder, progress, session.Cancellation).GetAwaiter().GetResult());
    }
}
