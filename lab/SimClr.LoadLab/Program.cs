using System.Globalization;
using SimClr.LoadLab;

// The load laboratory: simclr serve on this machine under valid, hostile and very large requests at once. Exit code 0 when every
// answer was a right one, and memory stayed below the server's own bound and came back. All traffic is to 127.0.0.1.
const string Usage = """
    usage: loadlab [REQUESTS] [CONNECTIONS] [ROUNDS]    2000 requests over 50 connections, three times in a row
    """;
var numbers = new List<int>();
foreach (var arg in args)
{
    if (!int.TryParse(arg, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 100_000)
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
    numbers.Add(number);
}
var plan = new LoadPlan
{
    Requests = numbers.ElementAtOrDefault(0) is > 0 and var requests ? requests : 2000,
    Connections = numbers.ElementAtOrDefault(1) is > 0 and var connections ? connections : 50,
};
var rounds = numbers.ElementAtOrDefault(2) is > 0 and var given ? given : 3;
using var example = new ServedExample();
using var server = ServerProcess.Start(example.Index);
var failures = 0;
for (var round = 1; round <= rounds; round++)
{
    var report = await LoadRound.Run(plan with { Seed = round }, server);
    Console.WriteLine($"round {round}\n{report.Text()}");
    foreach (var failure in report.Failures) Console.WriteLine($"FAILED: {failure}");
    failures += report.Failures.Count;
}
return failures == 0 ? 0 : 1;
