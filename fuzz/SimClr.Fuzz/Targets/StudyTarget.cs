using SimClr.Studies;

namespace SimClr.Fuzz;

/// <summary>What a study's folder holds: the input is its record and the figures of one of its runs at once.</summary>
internal sealed class StudyTarget : ReaderTarget
{
    public override IReadOnlyList<string> Words { get; } =
    [
        .. SettingsTarget.SettingWords, "\"study\":", "\"data\":", "\"data_name\":", "\"data_count\":", "\"seeds\":[1]",
        "\"cells\":",
        "{\"key\":\"a\"}", "\"settings\":", "\"result\":", "\"parameters\":", "\"top1\":", "\"top5\":", "\"epochs\":",
        "\"steps\":",
        "null", "{}", "[]", "1e400", "-1", "99999999999999999999", "\\ud800",
    ];

    public override long AllocationBound(long length) => 512 * 1024 + 128 * length;

    public override string Read(byte[] input)
    {
        File.WriteAllBytes(Scratch("study.json"), input);
        File.WriteAllBytes(Scratch("supervised.json"), input);
        return $"{OutcomeOf(() => $"{StudyRecord.Read(new StudyFolder(ScratchFolder))!.Cells.Count}")} "
            + OutcomeOf(() =>
                $"{CellFolder.Read(ScratchFolder, 1, 0)!.LinearTop1 > 0} {CellFolder.ReadSettings(ScratchFolder).Data}");
    }

    public override bool IsDocumented(Exception exception) => false;

    private static string OutcomeOf(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (StudyException e)
        {
            var words = e.Message[(e.Message.IndexOf(" is damaged", StringComparison.Ordinal) + 1)..];
            return words[..Math.Min(50, words.Length)];
        }
    }
}
