using SimClr.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SimClr.Cli.Display;

/// <summary>A small panel on a terminal that is redrawn in place: how far, how good, how fast, how long.</summary>
internal sealed class LiveProgress(LiveDisplayContext live, string title, CancellationToken stopping)
    : IProgress<TrainingMetrics>
{
    private readonly LossHistory _history = new();
    private string _stage = "getting ready";
    private TrainingMetrics? _last;
    private (double Top1, int Epoch)? _neighbors;

    /// <summary>Runs work under the panel.</summary>
    public static T Run<T>(Session session, string title, Func<LiveProgress, T> work) =>
        session.Notes.Live(new Text("")).AutoClear(false).Start(live =>
        {
            var progress = new LiveProgress(live, title, session.Cancellation);
            progress.Draw();
            // The person sees at once that Ctrl-C was heard, though the step in progress is finished first.
            using var heard = session.Cancellation.Register(progress.Draw);
            return work(progress);
        });

    /// <summary>Shows the name of a stage.</summary>
    public void Stage(string stage)
    {
        _stage = stage;
        Draw();
    }

    public void Report(TrainingMetrics value)
    {
        _last = value;
        if (value.KnnTop1 is { } found) _neighbors = (found, value.Epoch);
        _history.Add(value.Loss ?? double.NaN);
        Draw();
    }

    private void Draw()
    {
        lock (_history)
        {
            live.UpdateTarget(Panel());
            live.Refresh();
        }
    }

    private IRenderable Panel()
    {
        var stage = stopping.IsCancellationRequested
            ? "[yellow]stopping after this step; Ctrl-C again ends at once[/]"
            : Markup.Escape(_stage);
        var head = new Markup($"[bold]{Markup.Escape(title)}[/]  [gray]{stage}[/]");
        if (_last is not { } now) return head;
        var share = now.TotalSteps > 0 ? Math.Clamp((double)now.Step / now.TotalSteps, 0, 1) : 0;
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn(new GridColumn().NoWrap().PadRight(2))
            .AddColumn(new GridColumn().NoWrap());
        grid.AddRow(new Markup("[gray]epoch[/]"), new Markup($"{now.Epoch}[gray]/{now.Epochs}[/]"),
            new Markup($"{Bar(share)} {100 * share:0} % [gray]·[/] {Numbers.Duration(now.Remaining)} [gray]left[/]"));
        grid.AddRow(new Markup("[gray]loss[/]"), new Markup($"[bold]{now.Loss:0.000}[/]"),
            new Markup((now.ChanceLoss is { } chance ? $"[gray]chance {chance:0.000}[/]  " : "")
                + $"[blue]{_history.Draw(40)}[/]"));
        grid.AddRow(new Markup("[gray]pairs found[/]"), new Markup($"[bold]{Numbers.Percent(now.ContrastiveTop1 ?? 0)}[/]"),
            new Markup($"[gray]chance {100 * now.ChanceTop1:0.00} %[/]"));
        if (now.OnlineTop1 is { } named)
            grid.AddRow(new Markup("[gray]classes[/]"), new Markup($"[bold]{Numbers.Percent(named)}[/]"),
                new Markup("[gray]named by a linear classifier that learns beside[/]"));
        if (_neighbors is { } knn)
            grid.AddRow(new Markup("[gray]neighbors[/]"), new Markup($"[bold]{Numbers.Percent(knn.Top1)}[/]"),
                new Markup($"[gray]of test images named right by kNN, after epoch {knn.Epoch}[/]"));
        grid.AddRow(new Markup("[gray]dimensions[/]"), new Markup($"[bold]{now.EffectiveRankZ:0.0}[/]"),
            new Markup($"[gray]in use by the projections (effective rank)[/]"));
        grid.AddRow(new Markup("[gray]speed[/]"), new Markup($"{Numbers.Count(now.ViewsPerSecond ?? 0)}"),
            new Markup($"[gray]views/s · step {now.Step}/{now.TotalSteps} · learning rate {now.LearningRate:0.####}[/]"));
        return new Rows(head, grid);
    }

    private static string Bar(double share)
    {
        const int width = 40;
        var full = (int)Math.Round(share * width);
        return $"[green]{new string('━', full)}[/][gray]{new string('─', width - full)}[/]";
    }
}
