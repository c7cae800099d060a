using SimClr.Evaluation;

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
}
