//! The sources of metrics: papers with DOI or arXiv id, and standard texts.

pub(super) const ACCURACY: &str = "M. Sokolova, G. Lapalme, \"A systematic analysis of performance measures for \
                        classification tasks\", 2009, doi:10.1016/j.ipm.2009.03.002";
pub(super) const BALANCED: &str = "K. H. Brodersen, C. S. Ong, K. E. Stephan, J. M. Buhmann, \"The Balanced \
                        Accuracy and Its Posterior Distribution\", 2010, doi:10.1109/ICPR.2010.764";
pub(super) const TOP_K: &str = "O. Russakovsky et al., \"ImageNet Large Scale Visual Recognition Challenge\", \
                     2015, arXiv:1409.0575";
pub(super) const AVERAGES: &str = "Y. Yang, \"An Evaluation of Statistical Approaches to Text Categorization\", \
                        1999, doi:10.1023/A:1009982220290";
pub(super) const F_MEASURE: &str = "C. J. van Rijsbergen, \"Information Retrieval\", 2nd ed., 1979, chapter 7; the \
                         average of F, not F of averages: J. Opitz, S. Burst, arXiv:1911.03347";
pub(super) const JACCARD: &str = "P. Jaccard, \"The Distribution of the Flora in the Alpine Zone\", 1912, \
                       doi:10.1111/j.1469-8137.1912.tb05611.x";
pub(super) const SPECIFICITY: &str = "J. Yerushalmy, \"Statistical Problems in Assessing Methods of Medical \
                           Diagnosis\", 1947, doi:10.2307/4586294";
pub(super) const MATTHEWS: &str = "J. Gorodkin, \"Comparing two K-category assignments by a K-category \
                        correlation coefficient\", 2004, doi:10.1016/j.compbiolchem.2004.09.006";
pub(super) const KAPPA: &str = "J. Cohen, \"A Coefficient of Agreement for Nominal Scales\", 1960, \
                     doi:10.1177/001316446002000104";
pub(super) const WEIGHTED_KAPPA: &str = "J. Cohen, \"Weighted kappa: Nominal scale agreement provision for \
                              scaled disagreement or partial credit\", 1968, doi:10.1037/h0026256";
pub(super) const LOG_LOSS: &str = "I. J. Good, \"Rational Decisions\", 1952, \
                        doi:10.1111/j.2517-6161.1952.tb00104.x";
pub(super) const BRIER: &str = "G. W. Brier, \"Verification of Forecasts Expressed in Terms of Probability\", \
                     1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2";
pub(super) const CALIBRATION: &str = "C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, \"On Calibration of Modern \
                           Neural Networks\", 2017, arXiv:1706.04599";
pub(super) const CLASSWISE: &str = "M. Kull et al., \"Beyond temperature scaling: Obtaining well-calibrated \
                         multi-class probabilities with Dirichlet calibration\", 2019, \
                         arXiv:1910.12656";
pub(super) const MURPHY: &str = "A. H. Murphy, \"A New Vector Partition of the Probability Score\", 1973, \
                      doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2";
pub(super) const CONFIDENCE: &str = "S. Lichtenstein, B. Fischhoff, L. D. Phillips, \"Calibration of \
                          probabilities: The state of the art to 1980\", 1982, \
                          doi:10.1017/CBO9780511809477.023";
pub(super) const ENTROPY: &str = "C. E. Shannon, \"A Mathematical Theory of Communication\", 1948, \
                       doi:10.1002/j.1538-7305.1948.tb01338.x";
pub(super) const RETRIEVAL: &str = "C. D. Manning, P. Raghavan, H. Schütze, \"Introduction to Information \
                         Retrieval\", 2008, doi:10.1017/CBO9780511809071, section 8.3";
pub(super) const CONTINGENCY: &str = "the cells and margins of a 2 × 2 contingency table; K. Pearson, \
                           \"On the Theory of Contingency\", 1904";
pub(super) const ROC: &str = "J. A. Hanley, B. J. McNeil, \"The meaning and use of the area under a receiver \
                   operating characteristic (ROC) curve\", 1982, \
                   doi:10.1148/radiology.143.1.7063747; interval: E. R. DeLong, D. M. DeLong, \
                   D. L. Clarke-Pearson, 1988, doi:10.2307/2531595";
pub(super) const PARTIAL: &str = "D. K. McClish, \"Analyzing a Portion of the ROC Curve\", 1989, \
                       doi:10.1177/0272989X8900900307";
pub(super) const AVERAGE_PRECISION: &str = "C. D. Manning, P. Raghavan, H. Schütze, \"Introduction to Information \
                                 Retrieval\", 2008, doi:10.1017/CBO9780511809071, section 8.4, \
                                 without interpolation";
pub(super) const KS: &str = "N. V. Smirnov, \"Table for Estimating the Goodness of Fit of Empirical \
                  Distributions\", 1948, doi:10.1214/aoms/1177730256";
pub(super) const GINI: &str = "D. J. Hand, R. J. Till, \"A Simple Generalisation of the Area Under the ROC \
                    Curve for Multiple Class Classification Problems\", 2001, \
                    doi:10.1023/A:1010920819831, section 2";
pub(super) const OVR: &str = "T. Fawcett, \"An introduction to ROC analysis\", 2006, \
                   doi:10.1016/j.patrec.2005.10.010, section 9";
pub(super) const OVO: &str = "D. J. Hand, R. J. Till, \"A Simple Generalisation of the Area Under the ROC \
                   Curve for Multiple Class Classification Problems\", 2001, \
                   doi:10.1023/A:1010920819831";
pub(super) const RISK_COVERAGE: &str = "Y. Geifman, G. Uziel, R. El-Yaniv, \"Bias-Reduced Uncertainty Estimation for \
                             Deep Neural Classifiers\", 2019, arXiv:1805.08206";
pub(super) const SELECTIVE: &str = "Y. Geifman, R. El-Yaniv, \"Selective Classification for Deep Neural \
                         Networks\", 2017, arXiv:1705.08500";
pub(super) const EQUAL_MASS: &str = "K. Nguyen, B. O'Connor, \"Posterior calibration and exploratory analysis for \
                          natural language processing models\", 2015, arXiv:1508.05154";
