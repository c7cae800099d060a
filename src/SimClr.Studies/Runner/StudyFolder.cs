using System.Globalization;
using SimClr.Files;

namespace SimClr.Studies;

/// <summary>The folder of a study and the files in it.</summary>
internal sealed class StudyFolder(string path)
{
    public string Path { get; } = path;

    /// <summary>Takes the right to run the study, for one process at a time.</summary>
    /// <exception cref="StudyException">Another process has it.</exception>
    public FileClaim Claim() => FileClaim.TryTake(File(".lock"), out var claim, out var holder)
        ? claim
        : throw new StudyException($"{holder} is running the study in {Path}; wait for its end, or give another folder.");

    /// <summary>The request and its settings.</summary>
    public string Record => File("study.json");

    /// <summary>A line for each finished run.</summary>
    public string Results => File("results.csv");

    /// <summary>Mean, deviation and number of runs by cell.</summary>
    public string Summary => File("summary.json");

    /// <summary>The figures next to the paper's, for people.</summary>
    public string Report => File("report.md");

    /// <summary>The same as a page with the plot in it.</summary>
    public string Page => File("report.html");

    /// <summary>The plot in the paper's form.</summary>
    public string Plot(string name) => File($"{name}.png");

    /// <summary>Raw pixels and a random encoder.</summary>
    public string Baselines => File("baselines.json");

    /// <summary>The run folder of a cell with a seed.</summary>
    public string Run(StudyCell cell, ulong seed) =>
        System.IO.Path.Combine(Path, "cells", string.Create(CultureInfo.InvariantCulture, $"{cell.Key}-s{seed}"));

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
