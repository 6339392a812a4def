import type { Messages } from './messages.ts';

export const PT: Messages = {
  amountToPay: 'Valor a pagar',
  amountPaid: 'Valor pago',
  amount: 'Valor',
  reference: 'Referência',
  details: 'Detalhes do pedido',
  payBy: (time) => `Pague até ${time}`,
  timeLeft: 'Tempo restante',
  fiveMinutesLeft: 'Faltam 5 minutos para pagar.',
  oneMinuteLeft: 'Falta 1 minuto para pagar.',
  timeIsUp: 'O tempo acabou. Estamos a verificar o seu pagamento.',

  chooseTitle: 'Como deseja pagar?',
  confirmTitle: 'Confirme o pagamento',
  pay: (amount) => `Pagar ${amount}`,
  cancel: 'Cancelar e voltar',
  oneMoment: 'Um momento…',
  offline: 'Sem ligação. Não pague de novo por enquanto: vamos verificar.',
  checkAgain: 'Verificar de novo',
  tryAgain: 'Tentar de novo',
  notCharged: 'Nada foi cobrado.',
  backTo: (shop) => `Voltar para ${shop}`,
  leavingSoon: (shop) => `Voltará para ${shop} dentro de alguns segundos.`,

  declinedTitle: 'Pagamento recusado',
  declinedNext: 'Tente de novo ou escolha outra forma de pagamento.',
  declined: {
    insufficientFunds: 'Não há saldo suficiente nesta conta.',
    expiredCard: 'Este cartão expirou.',
    incorrectCvc: 'O código de segurança do cartão não está correto.',
    authenticationFailed: 'O seu banco não conseguiu confirmar a sua identidade.',
    limitExceeded: 'Este pagamento ultrapassa o limite definido com o seu banco.',
    general: 'O seu banco não aceitou este pagamento.',
  },

  redirectTitle: 'Continue com o seu banco',
  redirectText: 'Vamos levá-lo a uma página segura para aprovar este pagamento. Depois, voltará aqui.',
  redirectAction: 'Continuar',

  qrTitle: 'Leia o código para pagar',
  qrText: 'Abra a aplicação do seu banco, leia o código e aprove o pagamento.',
  qrAlt: 'Código QR deste pagamento',
  qrWaiting: 'À espera do seu pagamento…',
  openApp: 'Abrir na aplicação',
  copyCode: 'Copiar código de pagamento',
  copied: 'Copiado',

  card: {
    title: 'Pagar com cartão',
    text: 'O seu cartão vai diretamente para o fornecedor de pagamentos. A loja nunca o vê.',
    number: 'Número do cartão',
    expiry: 'Data de validade',
    code: 'Código de segurança',
    firstName: 'Nome',
    lastName: 'Apelido',
    check: 'Verifique os campos assinalados.',
    failed:
      'Os campos do cartão não estão disponíveis de momento. Nada lhe foi cobrado. Tente de novo dentro de instantes.',
    needsScript: 'O pagamento com cartão precisa de JavaScript. Ative-o no navegador ou volte à loja.',
  },

  waitingTitle: 'O seu banco está a confirmar',
  waitingText: 'Pode fechar esta página; a loja será avisada.',
  unknownTitle: 'Estamos a perguntar ao banco',
  unknownText:
    'Ainda não sabemos se o seu pagamento foi concluído. Não pague outra vez: esta página mostrará o resultado.',
  unavailableTitle: 'O pagamento não está disponível agora',
  unavailableText: 'O serviço de pagamento não responde. Nada foi cobrado. Tente de novo daqui a pouco.',

  succeededTitle: 'Pagamento concluído',
  succeededText: 'Obrigado. O seu pagamento foi recebido.',
  failedTitle: 'O pagamento falhou',
  canceledTitle: 'Pagamento cancelado',
  expiredTitle: 'O tempo acabou',
  expiredText: 'Este pagamento expirou. Nada foi cobrado.',
  reversedTitle: 'Pagamento anulado',
  reversedText: 'Este pagamento foi anulado. Nada foi cobrado.',

  missingTitle: 'Este link de pagamento não funciona',
  missingText:
    'Pode ter expirado ou sido substituído por um mais recente. Volte à loja para ver o seu pedido. Se já pagou, pergunte à loja antes de pagar outra vez.',

  testMode: 'Modo de teste: sem dinheiro real',
  poweredBy: 'Pagamentos com Tollgate',
  help: 'Ajuda',
  legal: 'Informação legal',
};
