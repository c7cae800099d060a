using System.Globalization;
using SimClr.CrashLab;

// The crash laboratory: what docs/reliability.md promises, tried out. Exit code 0 when all went well.
const string Usage = """
    usage: crashlab kill [COUNT] [SEED]    SIGKILL at COUNT random moments (100)
           crashlab term [COUNT] [SEED]    the same with SIGTERM (20)
           crashlab damage                 damages files of a run that stands still
           crashlab disk                   fills a small disk under a run (needs root)
           crashlab steady                 memory and open files over 2,000 steps
    """;
string[] known = ["kill", "term", "damage", "disk", "steady"];
if (args is not [var name, .. var rest] || !known.Contains(name))
{
    Console.Error.WriteLine(Usage);
    return 2;
}
using var experiment = new Experiment(epochs: 30);
int Number(int place, int otherwise) => rest.Length > place ? int.Parse(rest[place], CultureInfo.InvariantCulture) : otherwise;
return name switch
{
    "kill" => Kill(terminate: false, Number(0, 100)),
    "term" => Kill(terminate: true, Number(0, 20)),
    "damage" => All(Damage.All.Select(damage => (damage.Name, Try: Damaging(damage)))),
    "disk" => Disk(),
    _ => Steady(),
};

int Kill(bool terminate, int count)
{
    var tally = new KillTrial(experiment, seed: (ulong)Number(1, 1)).Run(count, terminate, Console.WriteLine);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{tally.Kills} kills ({tally.BeforeTraining} before training, {tally.WhileWriting} with a checkpoint half written), "
        + $"{tally.Resumes} resumes, {tally.Runs} runs to the end, {tally.Identical} identical to the undisturbed one; "
        + $"longest stop {tally.LongestStop:0.0} s; {tally.Seconds:0} s in all"));
    foreach (var failure in tally.Failures) Console.WriteLine($"FAILED: {failure}");
    return tally.Failures.Count == 0 && tally.Identical == tally.Runs ? 0 : 1;
}

Func<string?> Damaging(Damage damage)
{
    var stopped = experiment.At("stopped");
    return () => damage.Try(experiment, Directory.Exists(stopped) ? stopped : Damage.Stopped(experiment));
}

Func<string?> Filling(string moment) => () => FullDiskTrial.Fill(experiment, moment);

int Disk()
{
    if (FullDiskTrial.IsPossible(experiment))
        return All(FullDiskTrial.Moments.Select(moment => ($"full disk: {moment}", Filling(moment)))
            .Prepend(("disk too small from the start", () => FullDiskTrial.TooSmall(experiment))));
    Console.Error.WriteLine("crashlab: no small disk can be mounted here; that needs root on Linux.");
    return 1;
}

int All(IEnumerable<(string Name, Func<string?> Try)> trials)
{
    var wrong = 0;
    foreach (var (trial, attempt) in trials)
    {
        var found = attempt();
        Console.WriteLine($"{(found is null ? "ok    " : "FAILED")} {trial}{(found is null ? "" : $": {found}")}");
        if (found is not null) wrong++;
    }
    return wrong == 0 ? 0 : 1;
}

int Steady()
{
    var found = SteadyTrial.Run(experiment);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"resident {found.ResidentEarly >> 20} MiB after 200 steps, {found.ResidentLate >> 20} MiB after 2,000 "
        + $"({100 * found.Growth:0.0} %); {found.HandlesEarly} and {found.HandlesLate} open files"));
    return found.Growth < 0.02 && found.HandlesLate <= found.HandlesEarly ? 0 : 1;
}
