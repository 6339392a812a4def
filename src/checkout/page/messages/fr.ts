import type { Messages } from './messages.ts';

export const FR: Messages = {
  amountToPay: 'Montant à payer',
  amountPaid: 'Montant payé',
  amount: 'Montant',
  reference: 'Référence',
  details: 'Détails de la commande',
  payBy: (time) => `À payer avant ${time}`,
  timeLeft: 'Temps restant',
  fiveMinutesLeft: 'Il vous reste 5 minutes pour payer.',
  oneMinuteLeft: 'Il vous reste 1 minute pour payer.',
  timeIsUp: 'Le temps est écoulé. Nous vérifions votre paiement.',

  chooseTitle: 'Comment souhaitez-vous payer ?',
  confirmTitle: 'Confirmez votre paiement',
  pay: (amount) => `Payer ${amount}`,
  cancel: 'Annuler et revenir',
  oneMoment: 'Un instant…',
  offline: 'Pas de connexion. Ne payez pas encore une fois : nous allons vérifier.',
  checkAgain: 'Vérifier à nouveau',
  tryAgain: 'Réessayer',
  notCharged: 'Vous n’avez pas été débité.',
  backTo: (shop) => `Retour vers ${shop}`,
  leavingSoon: (shop) => `Vous allez revenir vers ${shop} dans quelques secondes.`,

  declinedTitle: 'Paiement refusé',
  declinedNext: 'Réessayez ou choisissez un autre moyen de paiement.',
  declined: {
    insufficientFunds: 'Le solde de ce compte est insuffisant.',
    expiredCard: 'Cette carte a expiré.',
    incorrectCvc: 'Le code de sécurité de la carte est incorrect.',
    authenticationFailed: 'Votre banque n’a pas pu confirmer votre identité.',
    limitExceeded: 'Ce paiement dépasse le plafond fixé avec votre banque.',
    general: 'Votre banque n’a pas accepté ce paiement.',
  },

  redirectTitle: 'Continuez avec votre banque',
  redirectText: 'Nous vous dirigeons vers une page sécurisée pour approuver ce paiement. Vous reviendrez ensuite ici.',
  redirectAction: 'Continuer',

  qrTitle: 'Scannez pour payer',
  qrText: 'Ouvrez votre application bancaire, scannez le code et approuvez le paiement.',
  qrAlt: 'Code QR de ce paiement',
  qrWaiting: 'En attente de votre paiement…',
  openApp: 'Ouvrir dans l’application',
  copyCode: 'Copier le code de paiement',
  copied: 'Copié',

  card: {
    title: 'Payer par carte',
    text: 'Votre carte est transmise directement au prestataire de paiement. La boutique ne la voit jamais.',
    number: 'Numéro de carte',
    expiry: 'Date d’expiration',
    code: 'Code de sécurité',
    firstName: 'Prénom',
    lastName: 'Nom',
    check: 'Veuillez vérifier les champs signalés.',
    failed:
      'Les champs de carte ne sont pas disponibles pour le moment. Vous n’avez pas été débité. Veuillez réessayer dans un instant.',
    needsScript:
      'Le paiement par carte nécessite JavaScript. Activez-le dans votre navigateur ou revenez à la boutique.',
  },

  waitingTitle: 'Votre banque confirme le paiement',
  waitingText: 'Vous pouvez fermer cette page ; la boutique sera informée.',
  unknownTitle: 'Nous interrogeons la banque',
  unknownText:
    'Nous ne savons pas encore si votre paiement a abouti. Ne payez pas une seconde fois : cette page affichera le résultat.',
  unavailableTitle: 'Le paiement est indisponible pour le moment',
  unavailableText:
    'Le service de paiement ne répond pas. Vous n’avez pas été débité. Veuillez réessayer dans un instant.',

  succeededTitle: 'Paiement réussi',
  succeededText: 'Merci. Votre paiement a bien été reçu.',
  failedTitle: 'Échec du paiement',
  canceledTitle: 'Paiement annulé',
  expiredTitle: 'Le temps est écoulé',
  expiredText: 'Ce paiement a expiré. Rien n’a été débité.',
  reversedTitle: 'Paiement annulé après coup',
  reversedText: 'Ce paiement a été annulé par la suite. Rien n’a été débité.',

  missingTitle: 'Ce lien de paiement ne fonctionne pas',
  missingText:
    'Il a peut-être expiré ou été remplacé par un plus récent. Retournez dans la boutique pour voir votre commande. Si vous avez déjà payé, renseignez-vous auprès de la boutique avant de payer à nouveau.',

  testMode: 'Mode test : pas d’argent réel',
  poweredBy: 'Paiements par Tollgate',
  help: 'Aide',
  legal: 'Mentions légales',
};
