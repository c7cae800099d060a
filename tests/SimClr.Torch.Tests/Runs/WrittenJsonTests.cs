using System.Text.Json.Nodes;
using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Runs;
using SimClr.Search;
using SimClr.Settings;
using SimClr.Studies;
using SimClr.Tests.Fixtures;

namespace SimClr.Torch.Tests.Runs;

/// <summary>The JSON files that people keep: names, order, indentation and numbers are a contract, byte for byte.</summary>
public sealed class WrittenJsonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_configuration_says_settings_first_and_the_run_last()
    {
        var config = new RunConfig(new PretrainingOptions(), "/images/für \"alle\"", "für alle", 12, "abc", "0.1.0",
            "libtorch 2, cpu");
        var text = Lines(config.ToJson());
        Assert.StartsWith("{\n  \"encoder\": ", text);
        Assert.EndsWith("""
              "run": {
                "data": "/images/f\u00FCr \u0022alle\u0022",
                "data_name": "f\u00FCr alle",
                "data_count": 12,
                "data_fingerprint": "abc",
                "version": "0.1.0",
                "compute": "libtorch 2, cpu"
              }
            }
            """.ReplaceLineEndings("\n"), text);
        var begun = Lines((config with { InitialWeights = new("/w.safetensors", "5e", "encoder.", WithHead: true) }).ToJson());
        Assert.EndsWith("""
                "compute": "libtorch 2, cpu",
                "initial_weights": {
                  "file": "/w.safetensors",
                  "sha256": "5e",
                  "prefix": "encoder.",
                  "with_head": true
                }
              }
            }
            """.ReplaceLineEndings("\n"), begun);
    }

    [Fact]
    public void Chosen_labels_take_a_line_for_each_image()
    {
        new LabelSubset
        {
            Data = "fotos \"für\" alle",
            Fingerprint = "a+b",
            Fraction = 0.1,
            Seed = ulong.MaxValue,
            Images = [new(0, "日本 & co.png", "cat"), new(12, "b.png", "dog's")],
        }.Save(_folder.At("labels.json"));
        Assert.Equal("""
            {
              "format": "simclr-labels-1",
              "data": "fotos \"für\" alle",
              "fingerprint": "a+b",
              "fraction": 0.1,
              "seed": 18446744073709551615,
              "pictures": [
                {"index":0,"name":"日本 & co.png","class":"cat"},
                {"index":12,"name":"b.png","class":"dog's"}
              ]
            }

            """.ReplaceLineEndings("\n"), File.ReadAllText(_folder.At("labels.json")));
    }

    [Fact]
    public void Duplicates_and_outliers_are_indented_and_rounded()
    {
        var origin = new IndexOrigin("/runs/none", "0", 0, 32, 2);
        var index = new ImageIndex(origin, [new("ü.jpg", "cat", "1"), new("b.jpg", null, "1")], [1, 0, 0, 1]);
        var path = _folder.At("found.json");
        FoundFile.WriteGroups(path, index,
            [new([0, 1], 0.97123456789, [1, 0.98765432109]) { Facts = [new(640, 480, 1L << 33, TimeSpan.TicksPerDay), null] }]);
        Assert.Equal("""
            [
              {
                "weakest": 0.97123456789,
                "pictures": [
                  {
                    "picture": "\u00FC.jpg",
                    "class": "cat",
                    "similarity": 1,
                    "width": 640,
                    "height": 480,
                    "bytes": 8589934592,
                    "modified": "0001-01-02T00:00:00Z"
                  },
                  {
                    "picture": "b.jpg",
                    "class": null,
                    "similarity": 0.987654,
                    "width": null,
                    "height": null,
                    "bytes": null,
                    "modified": null
                  }
                ]
              }
            ]
            """.ReplaceLineEndings("\n"), Lines(File.ReadAllText(path)));
        FoundFile.WriteOutliers(path, index, [new(1, -0.12345678, [])]);
        Assert.Equal("""
            [
              {
                "picture": "b.jpg",
                "class": null,
                "similarity": -0.123457
              }
            ]
            """.ReplaceLineEndings("\n"), Lines(File.ReadAllText(path)));
        FoundFile.WriteOutliers(path, index, []);
        Assert.Equal("[]", File.ReadAllText(path));
    }

    [Fact]
    public void A_study_keeps_its_request_and_its_summary()
    {
        var folder = new StudyFolder(_folder.FullPath);
        new StudyRecord("tiny", "shapes:40", "shapes", 40, TinyStudy.Study.Shared(TinyStudy.TwoSeeds), [1, ulong.MaxValue],
            ["warm"])
            .Write(folder, TinyStudy.Study with
            {
                Cells = [TinyStudy.Study.Cells[0] with { Multiples = new Dictionary<string, double> { ["epochs"] = 2,
                    ["width"] = 0.5 } }],
            });
        var record = Lines(File.ReadAllText(folder.Record));
        Assert.StartsWith("""
            {
              "study": "tiny",
              "title": "A tiny study",
              "source": "Table 0",
              "data": "shapes:40",
              "data_name": "shapes",
              "data_count": 40,
              "seeds": [
                1,
                18446744073709551615
              ],
              "cells": [
                {
                  "key": "warm",
                  "settings": {
                    "temperature": 0.5
                  },
                  "multiples": {
                    "epochs": 2,
                    "width": 0.5
                  }
                }
              ],
              "settings": {
                "encoder": 
            """.ReplaceLineEndings("\n"), record);
        Assert.DoesNotContain("\"seed\":", record, StringComparison.Ordinal);
        Assert.Equal(["settings", "version", "compute"], JsonNode.Parse(record)!.AsObject().Select(p => p.Key).TakeLast(3));

        var cell = TinyStudy.Study.Cells[0];
        var settings = TinyStudy.Study.Compose(TinyStudy.TwoSeeds, cell, 1);
        CellRun Run(double top1) => new(1, "r", 2, 8, 1.5, 3.25, 0.5, null, top1, 0.875, 0.25, null, 7);
        var result = new StudyResult(TinyStudy.Study with { PaperScale = "ImageNet" }, "/out", "shapes", "small",
            [new(cell, settings, [Run(0.5), Run(0.75)], [3])],
            new EvaluationBaselines(0.1, null), 3, Interrupted: true);
        Assert.Equal("""
            {"study":"tiny","title":"A tiny study","source":"Table 0","out":"/out","scale":"small","paper_scale":"ImageNet",
            "baselines":{"raw_pixels":0.1,"random_encoder":null},"wanted":3,"finished":3,"interrupted":true,"cells":[
            {"cell":"warm","panel":"","row":"","column":"0.5","n":2,"diverged":1,"parameters":7,
            "linear_mean":0.625,"linear_std":0.1767766952966369,"linear_top5_mean":0.875,"linear_top5_std":0,
            "knn_mean":0.25,"knn_std":0,"z_linear_mean":null,"z_linear_std":null,"loss_mean":3.25,"loss_std":0,
            "contrastive_top1_mean":0.5,"contrastive_top1_std":0,"entropy_mean":null,"entropy_std":null,
            "seconds_mean":1.5,"seconds_std":0,"paper_top1":0.6,"paper_contrastive_top1":0.7,"paper_entropy":8}]}
            """.ReplaceLineEndings(""), StudyFiles.Summary(result).ToJsonString());
        Assert.Contains("\"parameters\":null,\"linear_mean\":null,", StudyFiles.Summary(result with
        {
            Cells = [new(cell, settings, [], [1])],
        }).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_that_diverged_and_the_histograms_say_what_they_are()
    {
        var cell = _folder.At("cell");
        CellFolder.WriteDiverged(cell, new PretrainingOptions(), "shapes:40", "no <number>");
        Assert.StartsWith("""
            {
              "message": "no \u003Cnumber\u003E",
              "data": "shapes:40",
              "settings": {
                "encoder": 
            """.ReplaceLineEndings("\n"), Lines(File.ReadAllText(Path.Combine(cell, "diverged.json"))));
        Assert.Equal("{\"study\":\"histogram\",\"out\":\"/out\",\"data_name\":\"shapes\",\"pictures\":3,\"found_without\":1,"
            + "\"found_with\":0.25,\"chance\":0.2}", new HistogramResult("/out", "shapes", 3, 1, 0.25).ToJson().ToJsonString());
    }

    private static string Lines(string text) => text.ReplaceLineEndings("\n");
}
