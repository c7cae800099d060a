using SimClr.Evaluation;
using SimClr.Features;

namespace SimClr.Tests.Evaluation;

public class EvaluationResultTests
{
    [Fact]
    public void Json_has_the_documented_fields()
    {
        Assert.Equal(
            """{"protocol":"knn","top1":0.5,"top5":1,"k":2,"test_count":4,"class_count":10,"baselines":"""
            + """{"raw_pixels":0,"random_encoder":null},"unreadable_pictures":0,"layer":0}""",
            new EvaluationResult("knn", 0.5, 1, 2, 4, 10, new EvaluationBaselines(0, null)).ToJson());
        Assert.Equal(
            """{"protocol":"linear","top1":1,"top5":1,"k":null,"test_count":4,"class_count":10,"baselines":"""
            + """null,"unreadable_pictures":0,"layer":0}""",
            new EvaluationResult("linear", 1, 1, null, 4, 10).ToJson());
    }

    [Fact]
    public void Classes_are_told_by_name_and_confusions_only_in_the_file()
    {
        // Three classes, of which the last has no test image; one image has no label.
        var test = new FeatureSet(new float[5], 1, [0, 1, 1, 1, -1], ["cat", "dog", "a \"bird\""]);
        var result = EvaluationResult.Of("knn", 7, test, [[0], [1, 0], [0, 1], [2, 0, 1], [1]]);
        const string head = """{"protocol":"knn","top1":0.5,"top5":1,"k":7,"test_count":4,"class_count":3,"baselines":"""
            + """null,"unreadable_pictures":0,"layer":0,"per_class_top1":"""
            + """{"cat":1,"dog":0.3333333333333333,"a \u0022bird\u0022":null}""";
        Assert.Equal(head + "}", result.ToJson());
        Assert.Equal(head + ""","confusion":[[1,0,0],[1,1,1],[0,0,0]]}""", result.ToFile());
        Assert.Equal(result, EvaluationResult.Of("knn", 7, test, [[0], [1, 0], [0, 1], [2, 0, 1], [0]]));
        Assert.NotEqual(result, EvaluationResult.Of("knn", 7, test, [[0], [1, 0], [2, 1], [2, 0, 1], [0]]));
    }
}
