using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using SimClr.Augmentation;

namespace SimClr.Cli;

/// <summary>Reads the values of options. A wrong value is an error of System.CommandLine, in one sentence.</summary>
/// <remarks>System.CommandLine's own readers take 1,5 for 15 and NaN for a number, and their errors name types of .NET.</remarks>
internal static class ValueReader
{
    private static readonly string Seed = $"a whole number from 0 to {ulong.MaxValue}";

    /// <summary>The reader of a type; null for text, which needs none.</summary>
    public static Func<ArgumentResult, T?>? Of<T>() => (Func<ArgumentResult, T?>?)Find(typeof(T));

    /// <summary>The reader of a whole number with a lower bound.</summary>
    public static Func<ArgumentResult, int> AtLeast(int least) => result =>
    {
        var kind = $"a whole number, at least {least}";
        var number = Number(result, NumberStyles.AllowLeadingSign, kind, least);
        return number >= least ? number : Wrong(result, kind, least);
    };

    /// <summary>Words with commas between.</summary>
    public static string[] Words(ArgumentResult result) =>
        Text(result).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Three numbers with commas between: of red, green and blue.</summary>
    public static ChannelValues Channels(ArgumentResult result)
    {
        float[] values = [.. Words(result).Select(word =>
            float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : float.NaN)];
        return values is [var red, var green, var blue] && values.All(float.IsFinite)
            ? new ChannelValues(red, green, blue)
            : Wrong(result, "three numbers with commas between, of red, green and blue", default(ChannelValues));
    }

    /// <summary>One of two words.</summary>
    public static string TrueOrFalse(ArgumentResult result) =>
        Text(result) is ValueText.True or ValueText.False ? Text(result) : Wrong(result, "true or false", ValueText.False);

    /// <summary>The text that was given.</summary>
    public static string Text(ArgumentResult result) => result.Tokens[0].Value;

    /// <summary>Reports a wrong value.</summary>
    /// <returns>A placeholder; the command does not run.</returns>
    public static T Wrong<T>(ArgumentResult result, string kind, T standIn)
    {
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} must be {kind}, not '{Text(result)}'");
        return standIn;
    }

    private static Delegate? Find(Type type) =>
        type == typeof(string) ? null
        : type == typeof(int) ? (ArgumentResult result) => Whole(result)
        : type == typeof(int?) ? (ArgumentResult result) => (int?)Whole(result)
        : type == typeof(double) ? (ArgumentResult result) => Real(result)
        : type == typeof(double?) ? (ArgumentResult result) => (double?)Real(result)
        : type == typeof(ulong) ? (ArgumentResult result) => Number<ulong>(result, NumberStyles.None, Seed)
        : type == typeof(IReadOnlyList<string>) ? (ArgumentResult result) => (IReadOnlyList<string>)Words(result)
        : type == typeof(IReadOnlyList<ulong>) ? (ArgumentResult result) => Seeds(result)
        : throw new NotSupportedException($"No reader for {type}.");

    private static int Whole(ArgumentResult result) => Number<int>(result, NumberStyles.AllowLeadingSign, "a whole number");

    private static double Real(ArgumentResult result) => Number<double>(result, NumberStyles.Float, "a number");

    private static T Number<T>(ArgumentResult result, NumberStyles style, string kind, T standIn = default)
        where T : struct, INumberBase<T> =>
        T.TryParse(Text(result), style, CultureInfo.InvariantCulture, out var number) && T.IsFinite(number)
            ? number
            : Wrong(result, kind, standIn);

    private static IReadOnlyList<ulong> Seeds(ArgumentResult result)
    {
        var seeds = new List<ulong>();
        foreach (var word in Words(result))
        {
            if (!ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
                return Wrong(result, "whole numbers with commas between", seeds);
            seeds.Add(seed);
        }
        return seeds;
    }
}
